package io.defragsim.scenario.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether an image is told to be older than its sources: the shipped ones, and copies of one. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ImageSourcesTest {
  private static final Path KIT =
      Path.of(System.getProperty("defragsim.root", ".."), "allocator-firmware");
  private static final McuConfig PART = McuProfiles.all().values().iterator().next();
  private static final String NONE = "0".repeat(64) + "  ";

  @TempDir Path folder;
  private Path kit = Path.of("");

  /** The sources of {@code defrag} in a folder of their own, and where its ELF would be built. */
  @BeforeEach
  void copy() throws IOException {
    kit = folder.resolve("mine");
    for (String line : sources().lines().toList()) {
      Path file = kit.resolve(line.substring(66));
      Files.createDirectories(file.getParent());
      Files.copy(KIT.resolve(line.substring(66)), file);
    }
  }

  private static String sources() throws IOException {
    FirmwareImage image = ShippedImages.load(new ImageReference.Shipped("defrag"), PART);
    assertThat(image.sources())
        .contains("  src/defrag.c\n", "  include/defrag/defrag.h\n", "  images/defrag/image.c\n")
        .contains("  platform/start.c\n", "  platform/image.ld\n", "  platform/flags.mk\n");
    return String.valueOf(image.sources());
  }

  private @Nullable String stale(String text) {
    return ImageSources.stale("defrag", text, kit.resolve("target/firmware/defrag.elf"), false);
  }

  @Test
  void the_shipped_images_are_built_from_the_sources_beside_them() throws IOException {
    assertThat(ShippedImages.place()).isNotNull();
    for (String name : ShippedImages.names()) {
      ImageReference reference = new ImageReference.Shipped(name);
      FirmwareImage image = ShippedImages.load(reference, PART);
      assertThat(image.sources()).as(name).isNotNull();
      assertThat(ImageSources.stale(reference, image)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "src/defrag.c",
        "include/defrag/defrag.h",
        "images/defrag/image.c",
        "platform/start.c",
        "platform/image.ld",
        "platform/flags.mk"
      })
  void an_edited_source_is_named_with_what_to_do(String source) throws IOException {
    assertThat(stale(sources())).isNull();
    Files.writeString(kit.resolve(source), Files.readString(kit.resolve(source)) + " ");
    assertThat(stale(sources()))
        .isEqualTo(
            "the image defrag was built from other sources: "
                + kit.resolve(source)
                + " has changed since; build it anew with make -C "
                + kit);
  }

  @Test
  void a_removed_source_has_changed_and_several_are_counted() throws IOException {
    Files.delete(kit.resolve("platform/start.c"));
    assertThat(stale(sources())).contains("platform/start.c has changed since");
    Files.writeString(kit.resolve("src/defrag.c"), "");
    assertThat(stale(sources())).contains("start.c and " + kit.resolve("src/defrag.c") + " have");
    Files.writeString(kit.resolve("images/defrag/image.c"), "");
    assertThat(stale(sources())).contains("images/defrag/image.c and 2 other files have changed");
  }

  @Test
  void the_kit_of_a_project_is_found_from_anywhere_in_it_and_committed_images_have_their_command()
      throws IOException {
    Files.writeString(kit.resolve("src/defrag.c"), "");
    Path project = Files.createDirectory(folder.resolve("project"));
    Files.move(kit, project.resolve("allocator-firmware"));
    assertThat(
            ImageSources.stale(
                "defrag", sources(), project.resolve("cli/target/lib/firmware.jar"), true))
        .endsWith("make -C " + project.resolve("allocator-firmware") + " prebuilt");
  }

  @Test
  void an_image_away_from_its_sources_or_without_a_list_of_them_is_taken_as_it_is()
      throws IOException {
    Path elsewhere = folder.resolve("elsewhere/defrag.elf");
    assertThat(ImageSources.stale("defrag", sources(), elsewhere, false)).isNull();
    String elf = Files.readString(KIT.resolve("prebuilt/defrag.elf"), ISO_8859_1);
    byte[] without = elf.replace(".image_sources", ".image_nothing").getBytes(ISO_8859_1);
    FirmwareImage silent = FirmwareImage.parse("silent", without);
    assertThat(silent.sources()).isNull();
    assertThat(ImageSources.stale(new ImageReference.Elf(elsewhere), silent)).isNull();
    assertThat(stale("")).isNull();
    assertThat(stale("no checksum\n")).isNull();
  }

  /** The list is the image's, and may be anything. */
  @Test
  void a_list_that_lies_is_neither_shown_raw_nor_followed_to_what_is_no_source()
      throws IOException {
    for (String name :
        List.of("a\u001b[31m.c", "a\u202e.c", "a\0.c", "/dev/zero", "../".repeat(20), "x\ry")) {
      assertThat(stale(NONE + name + "\n")).as(name).isNull();
      assertThat(stale(sources() + NONE + name + "\n"))
          .satisfiesAnyOf(
              word -> assertThat(word).isNull(),
              word -> assertThat(word).doesNotContainPattern("\\p{C}"));
    }
  }
}
