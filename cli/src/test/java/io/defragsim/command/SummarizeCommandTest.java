package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class SummarizeCommandTest {
  @TempDir Path folder;

  /** A program that keeps 20 blocks, and then has 200 small ones, one at a time. */
  private static String program() {
    StringBuilder trace = new StringBuilder("s 1 0\tmain\tmain.c:1\ns 2 1\tparse\tparse.c:5\n");
    trace.append("p boot\n");
    for (int id = 0; id < 20; id++) {
      trace.append("a ").append(id).append(" 64 @1\n");
    }
    trace.append("p work\n");
    for (int i = 0; i < 200; i++) {
      trace.append("a 20 ").append(i % 3 == 0 ? 8 : 40).append(" @2\nf 20\n");
    }
    return trace.toString();
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  @Test
  void the_recording_and_its_generator_stand_side_by_side() throws IOException {
    Finished run = Cli.run("summarize", file("app.trace", program()), "--seed", "1");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out().replaceFirst(" +defrag-sim .*", ""))
        .isEqualTo(
            """
            app, summed up

            Recording and generator
                                               recording  seed 1   apart  other seeds, from     to
              operations                             420     420       0                420    420
              allocations                            220     220       0                220    220
              most payload alive, in bytes         1,320   1,320       0              1,320  1,320
              most blocks alive                       21      21       0                 21     21
              mean payload alive, in bytes         1,265   1,264  -0.1 %              1,264  1,266
              size of a block, in bytes: mean         32      31  -3.1 %                 30     34
              p50                                     40      40       0                 40     40
              p90                                     40      40       0                 40     40
              max                                     64      64       0                 64     64

            Generated phases
              phase  operations   fill  blocks  kinds, those with most blocks first
              boot           20  1,280      20  main
              work          400  1,320      21  parse
            """);
  }

  @Test
  void what_it_writes_is_valid_and_runs_from_any_seed() throws IOException {
    String trace = file("app.trace", program());
    Path written = folder.resolve("like.json");
    Files.writeString(written, "what was there");

    assertThat(Cli.run("summarize", trace, "-o", written.toString()).status()).isZero();
    assertThat(Files.readString(written)).contains("\"kinds\"", "\"parse\"", "\"forever\"");
    Finished validated = Cli.run("validate", written.toString());
    assertThat(validated.out()).isEqualTo(written + ": valid\n");
    Finished run = Cli.run("run", "-q", written.toString(), "--limit", "alloc.failed=0");
    assertThat(run.status()).as(run.out() + run.err()).isZero();

    Files.writeString(
        written, Files.readString(written).replaceFirst("\"seed\" : \\d+", "\"seed\" : 77"));
    assertThat(Cli.run("run", "-q", written.toString(), "--limit", "alloc.failed=0").status())
        .isZero();
  }

  @Test
  void a_packed_trace_is_the_same_and_stdout_takes_the_scenario() throws IOException {
    Path packed = folder.resolve("app.trace.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(program().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    Finished one = Cli.run("summarize", file("app.trace", program()), "-o", "-");
    Finished other = Cli.run("summarize", packed.toString(), "-o", "-");
    assertThat(one.out()).startsWith("{").isEqualTo(other.out());
  }

  @Test
  void nothing_is_written_of_a_trace_with_a_mistake() throws IOException {
    Path written = folder.resolve("like.json");
    Finished run =
        Cli.run("summarize", file("app.trace", program() + "f 20\n"), "-o", written.toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).endsWith("app.trace:425:3: id 20 is not alive\n");
    assertThat(run.out()).isEmpty();
    assertThat(written).doesNotExist();
  }
}
