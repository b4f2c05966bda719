package io.defragsim.firmware;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Makefile and the linker script with an image of a user's own, in a copy of the kit. */
@DisplayNameGeneration(ReplaceUnderscores.class)
@Tag("campaign") // it compiles and links a dozen times
final class KitTest {

  @TempDir Path folder;
  private Path kit = Path.of("");

  /** The template as the image {@code mine}, which includes a header of its own. */
  @BeforeEach
  void copy() throws IOException, InterruptedException {
    Toolchain.needsTheImagesCompiler();
    kit = Files.createDirectory(folder.resolve("kit"));
    copy("Makefile");
    copy("platform");
    copy("images/template");
    Path mine = Files.createDirectory(kit.resolve("images/mine"));
    String template = Files.readString(kit.resolve("images/template/image.c"));
    Files.writeString(mine.resolve("image.c"), "#include \"mine.h\"\n" + template);
    Files.writeString(mine.resolve("mine.h"), "enum { MINE = 1 };\n");
  }

  private void copy(String part) throws IOException {
    Path from = Toolchain.FIRMWARE;
    try (Stream<Path> files = Files.walk(from.resolve(part))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = kit.resolve(from.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private Toolchain.Result make(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("make", "BUILD=build", "IMAGES=mine"));
    command.addAll(List.of(words));
    return Toolchain.run(kit, command.toArray(String[]::new));
  }

  private Toolchain.Result build(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(words));
    command.add("build/mine.elf");
    return make(command.toArray(String[]::new));
  }

  private void buildsWith(String... words) throws IOException, InterruptedException {
    Toolchain.Result result = build(words);
    assertThat(result.status()).as(result.output()).isZero();
  }

  private String symbols() throws IOException, InterruptedException {
    return Toolchain.run(kit, "arm-none-eabi-nm", "build/mine.elf").output();
  }

  @Test
  void what_an_image_includes_and_what_gives_its_flags_builds_it_anew_and_is_named_in_it()
      throws IOException, InterruptedException {
    buildsWith("mine_LIBS=-nostdlib");
    assertThat(build("-q", "mine_LIBS=-nostdlib").status()).isZero();
    List<String> sources =
        List.of(
            "images/mine/image.c",
            "images/mine/mine.h",
            "platform/flags.mk",
            "platform/image.ld",
            "platform/image_contract.h",
            "platform/image_records.h",
            "platform/start.c");
    assertThat(Files.readString(kit.resolve("build/mine.sources")).lines())
        .extracting(line -> line.substring(66))
        .containsExactlyElementsOf(sources);
    assertThat(Files.readString(kit.resolve("build/mine.sources")).getBytes(UTF_8))
        .isEqualTo(section());
    List<String> all = new ArrayList<>(sources);
    all.add("Makefile");
    for (String source : all) {
      FileTime before = Files.getLastModifiedTime(kit.resolve(source));
      Files.setLastModifiedTime(kit.resolve(source), FileTime.from(Instant.now().plusSeconds(9)));
      assertThat(build("-q", "mine_LIBS=-nostdlib").status()).as(source).isEqualTo(1);
      Files.setLastModifiedTime(kit.resolve(source), before);
    }
    assertThat(build("-q", "mine_LIBS=-nostdlib").status()).isZero();
    Files.writeString(kit.resolve("images/mine/image.c"), "int32_t image_init;\n");
    Files.delete(kit.resolve("images/mine/mine.h"));
    assertThat(build("mine_LIBS=-nostdlib").output()).contains("unknown type name");
  }

  private byte[] section() throws IOException, InterruptedException {
    Toolchain.run(
        kit,
        "arm-none-eabi-objcopy",
        "--dump-section",
        ".image_sources=section.txt",
        "build/mine.elf",
        "copy.elf");
    return Files.readAllBytes(kit.resolve("section.txt"));
  }

  /** As {@code --specs=picolibc.specs} has it drop. */
  @ParameterizedTest
  @ValueSource(strings = {"-O2", "-O2 -ffunction-sections -fdata-sections"})
  void a_link_that_drops_what_nothing_refers_to_keeps_the_image(String flags)
      throws IOException, InterruptedException {
    buildsWith("mine_LIBS=-nostdlib -Wl,--gc-sections", "mine_FLAGS=" + flags);
    assertThat(symbols())
        .contains(" image_contract\n", " image_features\n", " T image_init\n", " T image_alloc\n")
        .contains(" T image_free\n", " T image_lock\n", " T image_unlock\n", " T image_walk\n")
        .contains(" T image_address\n", " T image_free_bytes\n");
    assertThat(section()).isNotEmpty();
  }

  @Test
  void a_function_that_every_image_has_is_missed_by_its_name()
      throws IOException, InterruptedException {
    Toolchain.Result result =
        build("mine_LIBS=-nostdlib", "mine_FLAGS=-O2 -Dimage_unlock=image_unlokc");
    assertThat(result.status()).isNotZero();
    assertThat(result.output()).contains("the image defines no image_unlock()");
  }

  /** As it comes, with warnings that the project's own code may not have. */
  @Test
  void sources_of_others_are_compiled_with_flags_of_their_image()
      throws IOException, InterruptedException {
    Files.writeString(
        kit.resolve("images/mine/theirs.c"),
        "#include \"theirs.h\"\nchar theirs(long x) { int unused; return x; }\n");
    Files.writeString(kit.resolve("images/mine/theirs.h"), "char theirs(long x);\n");
    String sources = "mine_SOURCES=images/mine/theirs.c";
    assertThat(build("mine_LIBS=-nostdlib", sources).output()).contains("-Werror=");
    buildsWith("mine_LIBS=-nostdlib", sources, "mine_FLAGS=-Os -w");
    assertThat(symbols()).contains(" T theirs\n");
    assertThat(Files.readString(kit.resolve("build/mine.sources")))
        .contains("  images/mine/theirs.c\n", "  images/mine/theirs.h\n");
  }
}
