package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code exec} with a board: the project's own program for an STM32F030, as it is flashed. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExecBoardTest {
  private static final String FIRMWARE =
      Path.of(
              System.getProperty("defragsim.root"),
              "allocator-firmware/board/prebuilt/f030f4-8mhz.elf")
          .toString();

  /** The same calls of the same code, with another way to print. */
  private static final String BARE =
      Path.of(
              System.getProperty("defragsim.root"),
              "allocator-firmware/board/prebuilt/semihosting.elf")
          .toString();

  private static final String SENDS =
      "{\"field\": \"USART1.TDR\", \"sends\": \"console\", \"why\": \"its transmitter\"}";

  @TempDir Path folder;

  private String board(String reset, String... rules) throws IOException {
    return file(
        "board.json",
        """
        {
          "board": "f030", "mcu": "stm32f030f4",
          "peripherals": {
            "RCC": {"at": "0x40021000", "size": "1 KiB"},
            "GPIOA": {"at": "0x48000000", "size": "1 KiB"},
            "USART1": {"at": "0x40013800", "size": "1 KiB"}
          },
          "registers": {
            "USART1.ISR": {"at": "0x4001381c", "reset": "%s", "fields": {"TXE": 7, "TC": 6}},
            "USART1.TDR": {"at": "0x40013828"}
          },
          "rules": [%s]
        }
        """
            .replace("%s]", String.join(", ", rules) + "]")
            .replace("%s", reset));
  }

  private String script(String steps) throws IOException {
    return file("script.json", "{\"script\": [" + steps + "]}");
  }

  private String file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static Finished exec(String... options) {
    List<String> arguments = new ArrayList<>(List.of("exec", FIRMWARE, "--clock", "8MHz"));
    arguments.addAll(List.of(options));
    return Cli.run(arguments.toArray(String[]::new));
  }

  private static JsonNode json(Finished run) throws IOException {
    return new ObjectMapper().readTree(run.out());
  }

  @Test
  void firmware_as_it_is_flashed_prints_its_figures_and_the_script_ends_the_run()
      throws IOException {
    String board = board("0xc0", SENDS);
    String script = script("{\"expect\": \"18 of 18\"}");
    Finished run = exec("--board", board, "--script", script);
    JsonNode document = json(exec("--board", board, "--script", script, "--json", "-"));

    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("alloc 32 bytes, empty pool                       175        175")
        .contains("board     f030")
        .containsPattern("expect  \"18 of 18\" +[0-9,]+ +[0-9,]+  no")
        .contains("rules that were used: USART1.TDR is sent 1,295")
        .endsWith("f030f4-8mhz: the script is done\n");
    assertThat(document.at("/ending/kind").textValue()).isEqualTo("script-done");
    assertThat(document.at("/board/script/0/exact").booleanValue()).isFalse();
    assertThat(document.at("/board/rules/first/0/count").intValue()).isEqualTo(1295);
    assertThat(document.at("/cycleModel/exact/clock").booleanValue()).isFalse();
  }

  @Test
  void an_interval_with_no_rule_in_it_is_exact_and_takes_what_it_takes_alone() throws IOException {
    String[] interval = {"--from", "call_made", "--to", "call_returned", "--json", "-"};
    List<String> onBoard = new ArrayList<>(List.of(interval));
    onBoard.addAll(List.of("--board", board("0xc0", SENDS)));
    onBoard.addAll(List.of("--script", script("{\"expect\": \"18 of 18\"}")));
    List<String> alone = new ArrayList<>(List.of("exec", BARE));
    alone.addAll(List.of(interval));

    JsonNode flashed = json(exec(onBoard.toArray(String[]::new)));
    JsonNode bare = json(Cli.run(alone.toArray(String[]::new)));

    assertThat(flashed.at("/cycleModel/exact/intervals").booleanValue()).isTrue();
    assertThat(flashed.at("/intervals/waiting").intValue()).isZero();
    assertThat(flashed.at("/intervals/count").intValue()).isGreaterThan(15);
    assertThat(lengths(flashed)).isEqualTo(lengths(bare));
  }

  private static List<Integer> lengths(JsonNode document) {
    List<Integer> lengths = new ArrayList<>();
    document.at("/intervals/first").forEach(each -> lengths.add(each.at("/length").intValue()));
    return lengths;
  }

  @Test
  void a_poll_that_nothing_explains_ends_with_status_5_and_says_what_to_write() throws IOException {
    Finished run = exec("--board", board("0x0"));
    Finished sooner = exec("--board", board("0x0"), "--polls", "50", "--json", "-");

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out())
        .contains("A poll that nothing explains")
        .contains("register  USART1.ISR (0x4001381c), of USART1")
        .containsPattern("read +500 times at output_text\\+0x")
        .contains("\"USART1.ISR[0]\"")
        .containsPattern("POLLS FOR EVER: reads USART1.ISR \\(0x4001381c\\)");
    assertThat(sooner.status()).isEqualTo(5);
    assertThat(json(sooner).at("/ending/poll/reads").intValue()).isEqualTo(50);
  }

  @Test
  void what_does_not_come_in_time_is_status_3_with_what_came() throws IOException {
    Finished run =
        exec(
            "--board",
            board("0xc0", SENDS),
            "--script",
            script("{\"expect\": \"SysTick\"}, {\"expect\": \"19 of 19\", \"within\": \"20 ms\"}"));

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .contains("NOT EXPECTED: step 2 of the script waited 160,000 cycles for \"19 of 19\"")
        .containsPattern("NOT EXPECTED.*\n  came \"(.|\n)*18 of 18");
  }

  @Test
  void a_strict_run_faults_at_the_first_register_that_nothing_knows() throws IOException {
    Finished run = exec("--board", board("0xc0", SENDS), "--strict-peripherals");

    assertThat(run.status()).isEqualTo(4);
    assertThat(run.out())
        .containsIgnoringWhitespaces(
            "no model, no rule and no name of the board is for this register");
  }

  @Test
  void a_model_may_be_a_class_of_ones_own() throws IOException {
    Path jar =
        compile(
            "my.Usart",
            """
            package my;
            import io.defragsim.emulator.board.*;
            public final class Usart implements Peripheral {
              private Wires wires;
              private Alarm sent;
              private int busy;
              private int data;
              @Override public void connect(Wires to) {
                wires = to;
                sent = to.latency(to.name() + ": 10 bits at 38400 baud",
                    () -> { busy = 0; wires.serial().send(data); });
              }
              @Override public void reset() { busy = 0; }
              @Override public int read(int offset, int bytes) {
                return offset == 0x1c && busy == 0 ? 0xc0 : 0;
              }
              @Override public void write(int offset, int bytes, int value) {
                if (offset == 0x28) {
                  busy = 1;
                  data = value;
                  sent.after(wires.cycles(1e7 / 38400));
                }
              }
            }
            """);
    String board =
        file(
            "own.json",
            """
            {
              "board": "own", "mcu": "stm32f030f4",
              "peripherals": {
                "RCC": {"at": "0x40021000", "size": "1 KiB"},
                "GPIOA": {"at": "0x48000000", "size": "1 KiB"},
                "USART1": {"at": "0x40013800", "size": "1 KiB", "model": "my.Usart"}
              }
            }
            """);
    String script = script("{\"expect\": \"18 of 18\"}");
    Finished run =
        exec("--board", board, "--models", jar.toString(), "--script", script, "--json", "-");
    Finished without = exec("--board", board, "--script", script);
    Finished noJar = exec("--board", board, "--models", board, "--script", script);

    assertThat(run.status()).isZero();
    JsonNode latency = json(run).at("/board/latencies/0");
    assertThat(latency.at("/basis").textValue()).isEqualTo("USART1: 10 bits at 38400 baud");
    assertThat(latency.at("/count").intValue()).isEqualTo(1295);
    assertThat(latency.at("/most").intValue()).isEqualTo(2084);
    assertThat(without.status()).isEqualTo(2);
    assertThat(without.err()).contains("there is no class \"my.Usart\"").contains("--models");
    assertThat(noJar.status()).isEqualTo(2);
    assertThat(noJar.err()).contains("is no jar that can be read");
  }

  private Path compile(String name, String source) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Path file = Files.writeString(folder.resolve("Usart.java"), source);
    StringWriter messages = new StringWriter();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(file.toFile()))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
    String entry = name.replace('.', '/') + ".class";
    Path jar = folder.resolve("models.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream archive = new JarOutputStream(out)) {
      archive.putNextEntry(new JarEntry(entry));
      Files.copy(folder.resolve(entry), archive);
    }
    return jar;
  }

  @Test
  void options_for_a_board_need_one_and_names_have_to_be_right() throws IOException {
    Finished console = exec("--console");
    Finished part = exec("--script", "none.json", "--mcu", "stm32f030f4");
    Finished misspelt = exec("--board", "nrf51823");
    Finished without = exec("--board", board("0xc0", SENDS), "--without", "USART2");
    Finished both =
        exec("--board", board("0xc0", SENDS), "--console", "--script", script("{\"pause\": 1}"));
    Finished polls = exec("--polls", "0");

    assertThat(List.of(console, part, misspelt, without, both, polls))
        .allSatisfy(run -> assertThat(run.status()).isEqualTo(2));
    assertThat(console.err()).contains("--console needs a board").contains("nrf51822");
    assertThat(part.err()).contains("--script needs a board");
    assertThat(misspelt.err()).contains("no shipped board").contains("nrf51822");
    assertThat(without.err()).contains("\"USART2\" is no peripheral").contains("USART1");
    assertThat(both.err()).contains("only one can be at the serial line");
    assertThat(polls.err()).contains("--polls: 0");
  }

  @Test
  @Tag("campaign") // starts a Java machine
  void at_a_terminal_keys_go_to_the_program_and_one_ends_the_run() throws Exception {
    String command =
        String.format(
            Locale.ROOT,
            "exec %s --clock 8MHz --board %s --console; echo status $?; stty -a",
            FIRMWARE,
            board("0xc0", SENDS));
    Process process = RealTerminal.run(command);
    try (InputStream in = process.getInputStream();
        OutputStream keys = process.getOutputStream()) {
      StringBuilder seen = new StringBuilder();
      int at = RealTerminal.await(in, seen, 0, "18 of 18");
      RealTerminal.type(keys, "\u0003"); // Ctrl-C is a key as others are
      RealTerminal.type(keys, "\u001d");
      at = RealTerminal.await(in, seen, at, "typed by hand");
      at = RealTerminal.await(in, seen, at, "the input has ended");
      at = RealTerminal.await(in, seen, at, "status 0");
      RealTerminal.await(in, seen, at, "icanon");
      assertThat(seen).doesNotContain("-icanon").doesNotContain("-isig");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }
}
