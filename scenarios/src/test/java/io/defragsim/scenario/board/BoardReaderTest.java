package io.defragsim.scenario.board;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Delay;
import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Peripheral;
import io.defragsim.emulator.board.Register;
import io.defragsim.emulator.board.Rule;
import io.defragsim.emulator.board.Wires;
import io.defragsim.emulator.board.nrf51.Nrf51Models;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class BoardReaderTest {
  private static final Supplier<Peripheral> MODEL = Idle::new;
  static final Models MODELS =
      new Models(Map.of("any.model", MODEL), BoardReaderTest.class.getClassLoader());

  private static final Path RESOURCES =
      Path.of(
          System.getProperty("defragsim.root", ".."),
          "scenarios/src/test/resources/io/defragsim/scenario/board");

  /** A model of a user's. */
  public static final class Idle implements Peripheral {
    @Override
    public void connect(Wires wires) {}

    @Override
    public void reset() {}

    @Override
    public int read(int offset, int bytes) {
      return 0;
    }

    @Override
    public void write(int offset, int bytes, int value) {}
  }

  /** A class that cannot be made. */
  public static final class Given implements Peripheral {
    private final Idle idle;

    public Given(Idle idle) {
      this.idle = idle;
    }

    @Override
    public void connect(Wires wires) {
      idle.connect(wires);
    }

    @Override
    public void reset() {}

    @Override
    public int read(int offset, int bytes) {
      return 0;
    }

    @Override
    public void write(int offset, int bytes, int value) {}
  }

  /** A class that fails as it is made. */
  public static final class Failing implements Peripheral {
    public Failing() {
      throw new IllegalArgumentException("no luck");
    }

    @Override
    public void connect(Wires wires) {}

    @Override
    public void reset() {}

    @Override
    public int read(int offset, int bytes) {
      return 0;
    }

    @Override
    public void write(int offset, int bytes, int value) {}
  }

  static byte[] resource(String name) throws IOException {
    try (InputStream in = BoardReaderTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static ReadResult<BoardFile> read(String text) {
    return new BoardReader(MODELS).read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static BoardFile valid(String text) {
    ReadResult<BoardFile> result = read(text);
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<BoardFile>) result).value();
  }

  private static List<Problem> problems(String text) {
    ReadResult<BoardFile> result = read(text);
    return ((ReadResult.Invalid<BoardFile>) result).problems();
  }

  /** Holds the lines of a result to a file beside its input. */
  static void holdTo(String golden, List<String> lines) throws IOException {
    String text = lines.stream().collect(Collectors.joining("\n", "", "\n"));
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(RESOURCES.resolve(golden), text);
    }
    assertThat(text).isEqualTo(Files.readString(RESOURCES.resolve(golden)));
  }

  @Test
  void a_complete_file_says_what_it_says() throws IOException {
    BoardFile file = valid(new String(resource("complete.json"), StandardCharsets.UTF_8));
    Register cr = new Register("RCC.CR", 0x4002_1000L, 0x83);
    Register cr1 = new Register("USART1.CR1", 0x4001_3800L, 0);
    Register isr = new Register("USART1.ISR", 0x4001_381CL, 0xC0);
    Field complete = new Field("USART1.ISR.TC", isr, 6, 1);
    Field enable = new Field("USART1.CR1.TCIE", cr1, 6, 1);

    assertThat(file.description()).isEqualTo("Two lines");
    assertThat(file.mcu()).contains(McuProfiles.all().get("stm32f030f4"));
    assertThat(file.board())
        .isEqualTo(
            new Board(
                "my-board",
                List.of(
                    new Board.Block("RCC", 0x4002_1000L, 1024, 0, null, OptionalInt.empty()),
                    new Board.Block("USART1", 0x4001_3800L, 1024, 0xC0, null, OptionalInt.of(27)),
                    new Board.Block("GPIOA", 0x4800_0000L, 1024, 0, null, OptionalInt.empty()),
                    new Board.Block("SPI1", 0x4001_3000L, 1024, 0, MODEL, OptionalInt.of(25))),
                List.of(cr, cr1, isr),
                List.of(
                    new Rule.Follows(
                        new Field("RCC.CR.HSERDY", cr, 17, 1),
                        new Field("RCC.CR.HSEON", cr, 16, 1),
                        new Delay(0, 2_000_000),
                        new Rule.Basis("It starts.", "RM")),
                    new Rule.Follows(
                        new Field("RCC.CR[25]", cr, 25, 1),
                        new Field("RCC.CR[24]", cr, 24, 1),
                        new Delay(83, 0),
                        basis("The PLL locks.")),
                    new Rule.Follows(
                        new Field("RCC+0x4[3:2]", new Register("RCC+0x4", 0x4002_1004L, 0), 2, 2),
                        new Field("RCC.CR.SW", cr, 0, 2),
                        new Delay(40, 0),
                        basis("The switch is made.")),
                    new Rule.ClearsItself(
                        new Field("USART1.ISR[7]", isr, 7, 1), Delay.NONE, basis("It is a pulse.")),
                    new Rule.Changes(
                        complete,
                        true,
                        Rule.Access.STORE,
                        new Field(
                            "USART1+0x28", new Register("USART1+0x28", 0x4001_3828L, 0xC0), 0, 32),
                        new Delay(0, 1500),
                        basis("All is sent.")),
                    new Rule.Changes(
                        complete,
                        false,
                        Rule.Access.STORE_ONE,
                        enable,
                        Delay.NONE,
                        basis("So it is.")),
                    new Rule.Sends(
                        new Field(
                            "USART1+0x28[8:0]",
                            new Register("USART1+0x28", 0x4001_3828L, 0xC0),
                            0,
                            9),
                        basis("It is a USART.")),
                    new Rule.Receives(
                        new Field(
                            "USART1+0x24[8:0]",
                            new Register("USART1+0x24", 0x4001_3824L, 0xC0),
                            0,
                            9),
                        new Field("USART1.ISR[5]", isr, 5, 1),
                        null,
                        new Delay(0, 87_000),
                        basis("It is a USART.")),
                    new Rule.Level(27, complete, enable, basis("All is sent.")),
                    new Rule.Input(
                        new Field("GPIOA+0x10", new Register("GPIOA+0x10", 0x4800_0010L, 0), 0, 32),
                        0xFFFF,
                        basis("Pins are idle."))),
                List.of(
                    new Board.Device("MMA8653", 0x1D, Map.of(0x0D, 0x5A, 14, 1)),
                    new Board.Device("NONE", 3, Map.of())),
                List.of(
                    new Area("OPTIONS", 0x1FFF_F800L, 16, false),
                    new Area("SRAM2", 0x2001_0000L, 2048, true))));
  }

  private static Rule.Basis basis(String why) {
    return new Rule.Basis(why, "");
  }

  @Test
  void every_mistake_of_a_file_is_named_with_its_place_and_the_nearest_name() throws IOException {
    for (String name : List.of("mistakes", "rule-mistakes")) {
      ReadResult<BoardFile> result = new BoardReader(MODELS).read(resource(name + ".json"));
      holdTo(name + ".txt", ((ReadResult.Invalid<BoardFile>) result).lines(name + ".json"));
    }
  }

  @Test
  void a_file_adds_to_a_shipped_board_and_replaces_entries_of_the_same_name() {
    BoardFile file =
        shipped(
            """
            {"board": "mine", "include": "nrf51822",
             "peripherals": {"MINE": {"at": "0x60000000", "size": 4, "model": "%s"},
                             "UART0": {"at": "0x40002000", "size": "4 KiB"}},
             "rules": [{"field": "0x4000211c", "follows": "0x4000201c", "why": "It is sent."}],
             "devices": {"MAG3110": {"address": "0x0f"}}}
            """
                .replace("%s", Idle.class.getName()));

    assertThat(file.mcu()).as("what is not an entry is a file's own").isEmpty();
    assertThat(block(file, "MINE").model())
        .satisfies(model -> assertThat(model.get()).isInstanceOf(Idle.class));
    assertThat(block(file, "UART0").model()).isNull();
    assertThat(block(file, "TIMER0").model()).isNotNull();
    assertThat(file.board().registers()).extracting(Register::name).contains("FICR.CODESIZE");
    assertThat(file.board().rules()).hasSize(1);
    assertThat(file.board().devices())
        .extracting(Board.Device::address)
        .containsExactlyInAnyOrder(0x1D, 0x0F);
  }

  @Test
  void what_does_not_go_with_a_shipped_board_stands_at_the_entry_or_where_that_is_included() {
    String text =
        """
        {"board": "mine", "include": "nrf51822",
         "peripherals": {"MINE": {"at": "0x40002000", "size": 4}},
         "registers": {"FICR.OTHER": {"at": "0x10000010"}}}
        """;
    ReadResult<BoardFile> result =
        new BoardReader(nrf51()).read(text.getBytes(StandardCharsets.UTF_8));

    assertThat(((ReadResult.Invalid<BoardFile>) result).lines("f"))
        .containsExactly(
            "f:2:18: /peripherals/MINE: MINE at 0x40002000 to 0x40002003 overlaps UART0 at"
                + " 0x40002000 to 0x40002fff",
            "f:3:16: /registers/FICR.OTHER: 0x10000010 is the register \"FICR.CODEPAGESIZE\"");
  }

  private static Models nrf51() {
    return new Models(Nrf51Models.all(), BoardReaderTest.class.getClassLoader());
  }

  private static BoardFile shipped(String text) {
    ReadResult<BoardFile> result =
        new BoardReader(nrf51()).read(text.getBytes(StandardCharsets.UTF_8));
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<BoardFile>) result).value();
  }

  private static Board.Block block(BoardFile file, String name) {
    return file.board().blocks().stream()
        .filter(block -> block.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void the_nrf51822_that_is_shipped_has_its_peripherals_in_blocks_of_4_kib() {
    for (String name : ShippedBoards.names()) {
      assertThat(ShippedBoards.read(name, nrf51()).orElseThrow().mcu())
          .contains(McuProfiles.all().get(name));
    }
    BoardFile file = ShippedBoards.read("nrf51822", nrf51()).orElseThrow();

    assertThat(file.board().blocks())
        .allSatisfy(block -> assertThat(block.base() % 4096 + block.bytes()).isEqualTo(4096))
        .filteredOn(block -> block.base() >> 17 == 0x4000_0000L >> 17)
        .hasSize(27)
        .filteredOn(block -> block.interrupt().isPresent())
        .allSatisfy(
            block ->
                assertThat(block.interrupt().getAsInt())
                    .as("the number in its address: " + block.name())
                    .isEqualTo(block.base() >> 12 & 0x1F));
    assertThat(block(file, "FICR").fill()).isEqualTo(-1);
    assertThat(file.board().memories())
        .containsExactly(new Area("UICR", 0x1000_1000L, 1024, false));
    assertThat(ShippedBoards.read("stm32", nrf51())).isEmpty();
  }

  @Test
  void peripherals_and_devices_are_left_out_by_their_names() throws IOException {
    BoardFile file = valid(new String(resource("complete.json"), StandardCharsets.UTF_8));
    BoardFile less = file.without(Set.of("USART1", "MMA8653"));

    assertThat(less.board().blocks())
        .extracting(Board.Block::name)
        .containsExactly("RCC", "GPIOA", "SPI1");
    assertThat(less.board().devices()).extracting(Board.Device::name).containsExactly("NONE");
    assertThat(less.board().registers()).extracting(Register::name).containsExactly("RCC.CR");
    assertThat(less.board().rules()).hasSize(4);
    assertThat(file.without(Set.of())).isEqualTo(file);
    assertThatThrownBy(() -> file.without(Set.of("USART2")))
        .isInstanceOf(Unreadable.class)
        .hasMessage(
            "\"USART2\" is no peripheral and no device of the board \"my-board\"; did you mean"
                + " \"USART1\"? (RCC, USART1, GPIOA, SPI1, MMA8653, NONE)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          any.modl              | "any.modl" is no model; did you mean "any.model"? (any.model)
          org.example.None      | there is no class "org.example.None" in the jar that --models names
          java.lang.String      | the class "java.lang.String" is no model: it does not implement io.defragsim.emulator.board.Peripheral
          GIVEN                 | the class "GIVEN" has no public constructor without parameters
          """)
  void what_is_wrong_with_a_model_is_said(String name, String message) {
    String given = Given.class.getName();
    assertThatThrownBy(() -> MODELS.find(name.replace("GIVEN", given)))
        .isInstanceOf(Unreadable.class)
        .hasMessage(message.replace("GIVEN", given));
  }

  @Test
  void a_class_needs_a_jar_and_one_that_fails_is_named() {
    assertThatThrownBy(() -> new Models(Map.of(), null).find(Idle.class.getName()))
        .hasMessageContaining("the jar that it is in is named by --models");
    assertThatThrownBy(() -> MODELS.find(Failing.class.getName()).get())
        .hasMessageContaining("Failing")
        .hasMessageContaining("no luck");
  }

  @Tag("campaign") // seconds
  @Test
  void a_hundred_thousand_rules_are_read_in_bounded_time_right_or_wrong() {
    String head =
        "{\"board\": \"b\", \"peripherals\": {\"P\": {\"at\": 0, \"size\": \"512 KiB\"}},";
    String registers =
        IntStream.range(0, 1000)
            .mapToObj(i -> "\"R" + i + "\": {\"at\": " + 4 * i + ", \"fields\": {\"F\": 1}}")
            .collect(Collectors.joining(",", "\"registers\": {", "},"));
    String right =
        IntStream.range(0, 100_000)
            .mapToObj(
                i ->
                    "{\"field\": \""
                        + 0
                        + "x"
                        + Integer.toHexString(4 * i)
                        + "\", \"clears\": \"itself\", \"why\": \"w\"}")
            .collect(Collectors.joining(",", "\"rules\": [", "]}"));
    String wrong = right.substring(0, right.indexOf("},", 500_000)).replace("0x", "R999G") + "}]}";

    ReadResult<BoardFile> all = read(head + registers + right);
    assertThat(((ReadResult.Valid<BoardFile>) all).value().board().rules()).hasSize(100_000);
    assertThat(problems(head + registers + wrong)).hasSize(50);
    assertThat(problems(head + manyNames() + wrong)).hasSize(50);
    assertThat(problems(head + right.replace("]}", ",{}]}")).get(0).message())
        .startsWith("100001 rules are too many");
  }

  /** Registers that nothing is near to, as many and as long as they may be. */
  private static String manyNames() {
    return IntStream.range(0, 5_000)
        .mapToObj(i -> "\"X" + "y".repeat(180) + i + "\": {\"at\": " + 4 * i + "}")
        .collect(Collectors.joining(",", "\"registers\": {", "},"));
  }

  @Test
  void a_file_that_is_no_board_has_one_mistake() {
    assertThat(problems("[".repeat(100_000)).get(0).message()).contains("nested more than 64");
    assertThat(problems("").get(0).message()).contains("the file is empty");
    assertThat(problems("{} {}").get(0).message())
        .isEqualTo("not JSON: the file goes on after the end of the board");
    assertThat(problems("[]").get(0).message())
        .isEqualTo(
            "an array where an object: { \"board\": ..., \"peripherals\": ... } is expected");
  }
}
