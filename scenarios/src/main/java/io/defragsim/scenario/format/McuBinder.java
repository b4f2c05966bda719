package io.defragsim.scenario.format;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.timing.FlashWaits;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.WaitStates;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.KeyRule;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads {@code mcu}: a profile's name, a profile with changes, or all by fields. */
final class McuBinder {
  private static final String BY_FIELDS =
      "; any other part is given by its fields, like {\"core\": \"cortex-m0\", \"clock\": \"48 MHz\","
          + " \"flash\": \"32 KiB\", \"sram\": \"8 KiB\"}";

  private static final long FLASH_BASE = 0x0800_0000L;
  private static final long SYSTEM_BASE = 0xE000_0000L;

  private static final Type<McuConfig> PROFILES =
      new Type.Word<>("MCU profile", McuProfiles.all(), BY_FIELDS);
  private static final Type<Long> CLOCKS =
      new Type.Amount<>(Quantity.Kind.CLOCK, 1, 1_000_000_000, 1, hertz -> hertz);
  private static final Type<Integer> MEMORY = Types.size(KIB, Scenario.MOST_MEMORY).multipleOf(KIB);
  private static final Key<McuConfig> PROFILE =
      Key.may("profile", PROFILES, "what the other fields start from");
  static final Key<String> NAME =
      Key.may("name", new Type.Text("", Type.LONGEST_NAME, ""), "what reports call the part");
  static final Key<CoreKind> CORE =
      Key.may(
          "core",
          Types.word("core", List.of(CoreKind.values()), CoreKind::key),
          "which core's cycles count; the profile's, else cortex-m0");
  static final Key<Long> CLOCK =
      Key.may("clock", CLOCKS, "the core clock; cycles become time by it");
  static final Key<Long> ZERO_WAIT_CLOCK =
      Key.may(
          "zeroWaitClock",
          CLOCKS,
          "the highest clock without flash wait states; above it reports say that counts are what"
              + " the part would take if flash kept up, unless waitStates are counted");
  static final Key<String> WAIT_STATES =
      Key.may(
          "waitStates",
          new Type.Own<>(
              List.of(Types.text(WaitStates.PATTERN, ""), Types.count(0, FlashWaits.MOST)),
              McuBinder::waitStates),
          0,
          "how many flash wait states to count, or \"auto\": as many as clock needs above"
              + " zeroWaitClock. With any, all cycles are an estimate");
  static final Key<Integer> MULTIPLIER =
      Key.may(
          "multiplier",
          new Type.Choice(List.of(1, 32), " is no multiplier of a Cortex-M0: 1 or 32 cycles"),
          "what MULS costs, in cycles");
  static final Key<Integer> FLASH = Key.may("flash", MEMORY, "a size, a multiple of 1 KiB");
  static final Key<Integer> SRAM = Key.may("sram", MEMORY, "a size, a multiple of 1 KiB");
  static final Key<Long> SRAM_BASE =
      Key.may(
          "sramBase",
          Types.hex(0xFFFF_FFFFL, "not an address: expected one like \"0x20000000\""),
          "0x20000000",
          "where SRAM begins");

  private static final Type.Struct<McuConfig> FIELDS =
      new Type.Struct<>(
          "mcu",
          "a profile's name, or an object with \"profile\", \"clock\", \"flash\", \"sram\", ...",
          "The part: a profile with changes, or all by fields.",
          List.of(
              PROFILE,
              NAME,
              CORE,
              CLOCK,
              ZERO_WAIT_CLOCK,
              WAIT_STATES,
              MULTIPLIER,
              FLASH,
              SRAM,
              SRAM_BASE),
          List.of(
              new KeyRule.Without(
                  PROFILE,
                  List.of(
                      needed(CLOCK, "48 MHz"), needed(FLASH, "64 KiB"), needed(SRAM, "8 KiB")))),
          McuBinder::bind);

  /** How a part is written. */
  static final Type<McuConfig> TYPE =
      new Type.Own<>(
          List.of(PROFILES, FIELDS),
          (json, in) -> (json instanceof Json.Text ? PROFILES : FIELDS).of(json, in));

  private McuBinder() {}

  private static KeyRule.Needed needed(Key<?> key, String example) {
    return new KeyRule.Needed(key, "it, like \"" + example + "\", or a \"profile\"");
  }

  private static @Nullable McuConfig bind(Fields fields) {
    McuConfig profile = fields.get(PROFILE);
    String name = fields.get(NAME);
    CoreKind core = fields.get(CORE);
    Long clock = fields.get(CLOCK);
    Long zeroWaitClock = fields.get(ZERO_WAIT_CLOCK);
    String waitStates = fields.get(WAIT_STATES);
    Integer multiplier = fields.get(MULTIPLIER);
    Integer flash = fields.get(FLASH);
    Integer sram = fields.get(SRAM);
    long sramBase = fields.orStandard(SRAM_BASE);
    if (!fields.isSound()) {
      return null;
    }
    McuConfig base =
        profile != null
            ? profile
            : new McuConfig(
                "custom", or(clock, 1L), or(zeroWaitClock, or(clock, 1L)), 1, KIB, sramBase, KIB);
    String title = name != null ? name : profile != null ? profile.name() + ", changed" : "custom";
    McuConfig mcu =
        new McuConfig(
            title,
            or(core, base.core()),
            or(clock, base.clockHz()),
            or(zeroWaitClock, base.zeroWaitHz()),
            0,
            or(multiplier, base.multiplierCycles()),
            or(flash, base.flashBytes()),
            fields.has(SRAM_BASE) ? sramBase : base.sramBase(),
            or(sram, base.sramBytes()));
    String clash = clash(mcu);
    if (clash != null) {
      fields.problem(fields.has(SRAM_BASE) ? SRAM_BASE : SRAM, clash);
      return null;
    }
    try {
      return waitStates == null ? mcu : WaitStates.on(mcu, waitStates);
    } catch (Unreadable e) {
      fields.problem(WAIT_STATES, e.problem());
      return null;
    }
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  /** As they are written: what "auto" is depends on the part. */
  private static String waitStates(Json json, Reading in) {
    if (json instanceof Json.Text text) {
      return text.value();
    }
    if (json instanceof Json.Numeral numeral) {
      return numeral.written();
    }
    throw new Unreadable(WaitStates.notWritten(json.kind()));
  }

  private static @Nullable String clash(McuConfig mcu) {
    long base = mcu.sramBase();
    String where = String.format(Locale.ROOT, "SRAM from 0x%08x to 0x%08x", base, mcu.sramEnd());
    if (base % KIB != 0) {
      return where + ": its base is a multiple of 1 KiB";
    }
    if (base < mcu.flashBytes()
        || (base < FLASH_BASE + mcu.flashBytes() && mcu.sramEnd() > FLASH_BASE)) {
      return where + " overlaps flash, which is at 0x00000000 and at 0x08000000";
    }
    if (mcu.sramEnd() > SYSTEM_BASE) {
      return where + " reaches into the system's addresses, from 0xe0000000";
    }
    return null;
  }
}
