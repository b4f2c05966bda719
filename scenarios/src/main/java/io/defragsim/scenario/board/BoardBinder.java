package io.defragsim.scenario.board;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Field;
import io.defragsim.emulator.board.Peripheral;
import io.defragsim.emulator.board.Register;
import io.defragsim.emulator.board.Rule;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Turns the located tree of one board file into a board. */
final class BoardBinder {
  private static final int MOST_INTERRUPT = 31;
  private static final int MOST_PERIPHERALS = 1000;
  private static final int MOST_REGISTERS = 100_000;
  private static final int MOST_FIELDS = 32;
  private static final int MOST_MEMORIES = 16;
  private static final int MOST_DEVICES = 128;
  private static final int LARGEST_BLOCK = 1 << 29;
  private static final int LARGEST_MEMORY = 16 << 20;
  private static final long LAST = 0xFFFF_FFFFL;

  /** What a register holds. */
  static final Type<Long> WORD = Types.hex(LAST, "no value of 32 bits: expected one like \"0x83\"");

  private static final Type<Long> ADDRESS_IN_HEX =
      Types.hex(LAST, "not an address: expected one like \"0x40021000\"");
  private static final Type<Long> ADDRESS =
      new Type.Own<>(
          List.of(ADDRESS_IN_HEX),
          (json, in) -> {
            Long address = ADDRESS_IN_HEX.of(json, in);
            if (address != null && address % 4 != 0) {
              throw new Unreadable("0x%08x is not a multiple of 4", address);
            }
            return address;
          });
  private static final Type.Text NAMES =
      name("^[A-Za-z_][A-Za-z0-9_]*$", "no name: expected letters, digits and _, like USART1");
  private static final Type.Text REGISTERS_NAMES =
      name(
          "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$",
          "no name of a register: expected one like RCC.CR");

  private static final Key<Long> AT =
      Key.must(
          "at",
          ADDRESS,
          "its first address, like \"0x40021000\"",
          "the first address, a multiple of 4");
  private static final Key<Integer> BLOCK_SIZE =
      Key.must(
          "size",
          Types.size(4, LARGEST_BLOCK).multipleOf(4),
          "a size, like \"1 KiB\"",
          "a size, a multiple of 4");
  private static final Key<Integer> MEMORY_SIZE =
      Key.must(
          "size",
          Types.size(4, LARGEST_MEMORY).multipleOf(4),
          "a size, like \"1 KiB\"",
          "a size, a multiple of 4");
  private static final Key<Integer> INTERRUPT =
      Key.may("interrupt", Types.count(0, MOST_INTERRUPT), "the number of its line, 0 to 31");
  private static final Key<Long> FILL =
      Key.may("fill", WORD, 0, "what words without a register of their own hold out of reset");
  private static final Key<Boolean> RAM =
      Key.may("ram", new Type.Flag(), false, "whether it is RAM; else it is programmed, as flash");
  private static final Key<Long> RESET = Key.may("reset", WORD, 0, "what it holds out of reset");
  private static final Key<List<Type.Entry<Bits>>> FIELDS =
      Key.may(
          "fields",
          new Type.Dictionary<>(
              NAMES, Bits.TYPE, MOST_FIELDS, "fields like {\"HSEON\": 16, \"SW\": \"1:0\"}"),
          "bits that have a name: a number, or the highest and the lowest like \"1:0\"");
  private static final Key<Long> DEVICE_ADDRESS =
      Key.must(
          "address",
          Types.hex(0x7F, "not an address of 7 bits: expected one like \"0x1d\""),
          "its address of 7 bits, like \"0x1d\"",
          "the address of 7 bits, without the bit for read or write");
  private static final Key<List<Type.Entry<Long>>> DEVICE_REGISTERS =
      Key.may(
          "registers",
          new Type.Dictionary<>(
              Types.text(
                  "^(0[xX][0-9a-fA-F]{1,2}|1?[0-9]?[0-9]|2[0-4][0-9]|25[0-5])$",
                  "no register: expected a number from 0 to 255, like \"0x0d\""),
              Types.hex(0xFF, "no byte: expected one like \"0x5a\""),
              256,
              "registers like {\"0x0d\": \"0x5a\"}"),
          "what registers hold at power-on, by their numbers; others hold 0");

  private static final Key<String> NAME =
      Key.must(
          "board", Types.name("empty: what is it called?"), "its name", "what reports call it");
  private static final Key<String> DESCRIPTION =
      Key.may(
          "description",
          Types.description(),
          "what it is; a string, or an array of strings that are joined");
  private static final Key<McuConfig> MCU =
      Key.may(
          "mcu",
          new Type.Word<>("MCU profile", McuProfiles.all(), ""),
          "the profile of the part that it stands on");

  /** A shipped board whose entries come first. */
  static final Key<String> INCLUDE =
      Key.may(
          "include",
          Types.word("shipped board", ShippedBoards.names(), name -> name),
          "a shipped board whose entries come first; those of the same name here replace them");

  private final Models models;
  private final Places places = new Places();
  private final FieldNames names = new FieldNames(places);
  private final Key<List<Board.Block>> peripherals;
  private final Key<List<Area>> memories;
  private final Key<List<Register>> registers;
  private final Key<List<Board.Device>> devices;
  private final Key<List<Rule>> rules;

  BoardBinder(Models models) {
    this.models = models;
    peripherals =
        Key.may(Inclusion.PERIPHERALS, peripherals(), "where peripherals are, by their names");
    memories =
        Key.may(Inclusion.MEMORIES, memories(), "memories beside flash and SRAM, by their names");
    registers =
        Key.may(Inclusion.REGISTERS, registers(), "registers that have a name, with their fields");
    devices =
        Key.may(Inclusion.DEVICES, devices(), "devices of registers that remember, on the I2C bus");
    rules =
        Key.may(
            Inclusion.RULES,
            new RuleBinder(names).type(),
            "what single bits of registers without a model do");
  }

  private static Type.Text name(String pattern, String otherwise) {
    return new Type.Text(pattern, Type.LONGEST_NAME, otherwise);
  }

  /** How a board is written. */
  Type.Struct<BoardFile> type() {
    return new Type.Struct<>(
        "board",
        "an object: { \"board\": ..., \"peripherals\": ... }",
        "What stands around a core: peripherals, memories, registers, devices and rules.",
        List.of(
            Types.SCHEMA,
            NAME,
            DESCRIPTION,
            MCU,
            INCLUDE,
            peripherals,
            memories,
            registers,
            devices,
            rules),
        this::bind);
  }

  private @Nullable BoardFile bind(Fields fields) {
    fields.get(Types.SCHEMA);
    fields.get(INCLUDE);
    String name = fields.get(NAME);
    String description = fields.get(DESCRIPTION);
    McuConfig mcu = fields.get(MCU);
    List<Board.Block> blocks = some(fields.get(peripherals));
    List<Area> areas = some(fields.get(memories));
    places.check(fields.in().problems());
    Board board =
        new Board(
            name == null ? "" : name,
            blocks,
            some(fields.get(registers)),
            some(fields.get(rules)),
            some(fields.get(devices)),
            areas);
    return new BoardFile(board, description == null ? "" : description, Optional.ofNullable(mcu));
  }

  private static <T> List<T> some(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }

  /** From an entry of the file to what it is, by its name and place. */
  private interface Maker<S, T> {
    @Nullable T make(Json.Member member, S said, Problems problems);
  }

  /** What is wrong with one key of an entry is said, and the rest of the entry holds. */
  private static <T> Type<T> lenient(Type.Struct<T> struct) {
    return new Type.Own<>(List.of(struct), struct::part);
  }

  private static <S, T> Type<List<T>> named(Type.Dictionary<S> dictionary, Maker<S, T> maker) {
    return new Type.Own<>(
        List.of(dictionary),
        (json, in) -> {
          List<T> made = new ArrayList<>();
          for (Type.Entry<S> entry : dictionary.of(json, in)) {
            T each = maker.make(entry.member(), entry.value(), in.problems());
            if (each != null) {
              made.add(each);
            }
          }
          return made;
        });
  }

  /** A peripheral without its name. */
  private record Extent(
      long base,
      int bytes,
      int fill,
      @Nullable Supplier<? extends Peripheral> model,
      OptionalInt interrupt) {}

  private Type<List<Board.Block>> peripherals() {
    Type.Text written = new Type.Text("\\S", Type.LONGEST_NAME, "empty: leave it out");
    Key<Supplier<? extends Peripheral>> model =
        Key.may(
            "model",
            new Type.Own<>(
                List.of(written), (json, in) -> models.find(String.valueOf(written.of(json, in)))),
            "what answers there: a model that comes along, like \"nrf51.uart\", or the class of one"
                + " of yours; without it registers remember");
    Type.Struct<Extent> struct =
        new Type.Struct<>(
            "peripheral",
            "{\"at\": \"0x40021000\", \"size\": \"1 KiB\"}",
            "The addresses of one peripheral, and what answers there.",
            List.of(AT, BLOCK_SIZE, model, INTERRUPT, FILL),
            fields -> {
              Long at = fields.get(AT);
              Integer bytes = fields.get(BLOCK_SIZE);
              Integer interrupt = fields.get(INTERRUPT);
              int fill = (int) (long) fields.orStandard(FILL);
              Supplier<? extends Peripheral> answers = fields.get(model);
              return at == null || bytes == null
                  ? null
                  : new Extent(
                      at,
                      bytes,
                      fill,
                      answers,
                      interrupt == null ? OptionalInt.empty() : OptionalInt.of(interrupt));
            });
    return named(
        new Type.Dictionary<>(
            NAMES,
            lenient(struct),
            MOST_PERIPHERALS,
            "peripherals like {\"RCC\": {\"at\": \"0x40021000\", \"size\": \"1 KiB\"}}"),
        (member, said, problems) -> {
          Board.Block block =
              new Board.Block(
                  member.key(),
                  said.base(),
                  said.bytes(),
                  said.fill(),
                  said.model(),
                  said.interrupt());
          places.add(block, member.keyAt());
          return block;
        });
  }

  private Type<List<Area>> memories() {
    Type.Struct<Area> struct =
        new Type.Struct<>(
            "memory",
            "{\"at\": \"0x10001000\", \"size\": \"1 KiB\"}",
            "A memory beside flash and SRAM.",
            List.of(AT, MEMORY_SIZE, RAM),
            fields -> {
              Long at = fields.get(AT);
              Integer bytes = fields.get(MEMORY_SIZE);
              boolean ram = fields.orStandard(RAM);
              return at == null || bytes == null ? null : new Area("", at, bytes, ram);
            });
    return named(
        new Type.Dictionary<>(
            NAMES,
            lenient(struct),
            MOST_MEMORIES,
            "memories like {\"UICR\": {\"at\": \"0x10001000\", \"size\": \"1 KiB\"}}"),
        (member, said, problems) -> {
          Area area = new Area(member.key(), said.base(), said.bytes(), said.writable());
          places.add(area, member.keyAt());
          return area;
        });
  }

  /** A register without its name. */
  private record Declared(long address, int reset, List<Type.Entry<Bits>> fields) {}

  private Type<List<Register>> registers() {
    Type.Struct<Declared> struct =
        new Type.Struct<>(
            "register",
            "{\"at\": \"0x40021000\", \"reset\": \"0x83\"}",
            "A register that has a name.",
            List.of(AT, RESET, FIELDS),
            fields -> {
              Long at = fields.get(AT);
              int reset = (int) (long) fields.orStandard(RESET);
              List<Type.Entry<Bits>> bits = fields.get(FIELDS);
              return at == null ? null : new Declared(at, reset, some(bits));
            });
    return named(
        new Type.Dictionary<>(
            REGISTERS_NAMES,
            lenient(struct),
            MOST_REGISTERS,
            "registers like {\"RCC.CR\": {\"at\": \"0x40021000\"}}"),
        this::register);
  }

  private Register register(Json.Member member, Declared said, Problems problems) {
    Register register = new Register(member.key(), said.address(), said.reset());
    if (places.at(said.address()) == null) {
      problems.add(
          member.keyAt(),
          () ->
              new Unreadable("0x%08x is in no peripheral of the board", said.address()).problem());
    }
    Register other = names.declare(register);
    if (other != null) {
      problems.add(
          member.keyAt(),
          () ->
              new Unreadable("0x%08x is the register \"%s\"", said.address(), other.name())
                  .problem());
    }
    if (names.isField(member.key())) {
      problems.add(member.keyAt(), "\"" + member.key() + "\" is the name of a field, too");
    }
    for (Type.Entry<Bits> entry : said.fields()) {
      Bits bits = entry.value();
      names.declare(
          new Field(member.key() + "." + entry.member().key(), register, bits.low(), bits.width()));
    }
    return register;
  }

  private static Type<List<Board.Device>> devices() {
    Type.Struct<Board.Device> struct =
        new Type.Struct<>(
            "device",
            "{\"address\": \"0x1d\", \"registers\": {\"0x0d\": \"0x5a\"}}",
            "A device of 256 registers that remember, on the I2C bus.",
            List.of(DEVICE_ADDRESS, DEVICE_REGISTERS),
            BoardBinder::device);
    Type.Dictionary<Board.Device> all =
        new Type.Dictionary<>(
            NAMES,
            lenient(struct),
            MOST_DEVICES,
            "devices like {\"MMA8653\": {\"address\": \"0x1d\"}}");
    return new Type.Own<>(
        List.of(all),
        (json, in) -> {
          Map<Integer, String> taken = new HashMap<>();
          return named(
                  all,
                  (Json.Member member, Board.Device said, Problems problems) -> {
                    String other = taken.putIfAbsent(said.address(), member.key());
                    if (other != null) {
                      problems.add(
                          member.keyAt(),
                          new Unreadable("0x%02x is the address of \"%s\"", said.address(), other)
                              .problem());
                    }
                    return new Board.Device(member.key(), said.address(), said.registers());
                  })
              .of(json, in);
        });
  }

  private static Board.@Nullable Device device(Fields fields) {
    Long address = fields.get(DEVICE_ADDRESS);
    List<Type.Entry<Long>> entries = some(fields.get(DEVICE_REGISTERS));
    Map<Integer, Integer> registers = new HashMap<>();
    for (Type.Entry<Long> entry : entries) {
      String key = entry.member().key();
      int number = key.matches("0[xX].*") ? Integer.decode(key) : Integer.parseInt(key);
      if (registers.put(number, entry.value().intValue()) != null) {
        fields
            .in()
            .problems()
            .add(entry.member().keyAt(), "register " + number + " is given twice");
      }
    }
    return address == null ? null : new Board.Device("", address.intValue(), registers);
  }
}
