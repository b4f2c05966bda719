package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.timing.FlashWaits;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.WaitStates;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Reads {@code mcu}: a profile's name, a profile with changes, or all by fields. */
final class McuBinder {
  private static final String EXPECTED =
      "a profile's name, or an object with \"profile\", \"clock\", \"flash\", \"sram\", ...";
  private static final String BY_FIELDS =
      "; any other part is given by its fields, like {\"core\": \"cortex-m0\", \"clock\": \"48 MHz\","
          + " \"flash\": \"32 KiB\", \"sram\": \"8 KiB\"}";
  private static final long KIB = 1024;

  /** More than any part has; the host holds a few copies of it. */
  private static final long LARGEST_MEMORY = 16L << 20;

  private static final long SRAM_BASE = 0x2000_0000L;
  private static final long FLASH_BASE = 0x0800_0000L;
  private static final long SYSTEM_BASE = 0xE000_0000L;

  private static final Form.Amount CLOCK =
      new Form.Amount(Quantity.Kind.CLOCK, 1, 1_000_000_000, 1);
  private static final Form.Amount MEMORY = Form.size(KIB, LARGEST_MEMORY).multipleOf(KIB);
  private static final Form.Amount ADDRESS = Form.count(0, 0xFFFF_FFFFL);
  private static final String HEX = "0[xX][0-9a-fA-F]{1,8}";

  private static Shape shape() {
    return Shape.of("mcu", EXPECTED, "The part: a profile with changes, or all by fields.")
        .may("profile", profiles(), "what the other fields start from")
        .may("name", new Form.Text(null, Form.LONGEST_NAME), "what reports call the part")
        .may(
            "core",
            new Form.Word(CoreKind.keys()),
            "which core's cycles count; the profile's, else cortex-m0")
        .may("clock", CLOCK, "the core clock; cycles become time by it")
        .may(
            "zeroWaitClock",
            CLOCK,
            "the highest clock without flash wait states; above it reports say that counts are what"
                + " the part would take if flash kept up, unless waitStates are counted")
        .may(
            "waitStates",
            Form.either(new Form.Text(WaitStates.PATTERN), Form.count(0, FlashWaits.MOST)),
            0,
            "how many flash wait states to count, or \"auto\": as many as clock needs above"
                + " zeroWaitClock. With any, all cycles are an estimate")
        .may("multiplier", new Form.Choice(List.of(1L, 32L)), "what MULS costs, in cycles")
        .may("flash", MEMORY, "a size, a multiple of 1 KiB")
        .may("sram", MEMORY, "a size, a multiple of 1 KiB")
        .may(
            "sramBase",
            Form.either(new Form.Text("^" + HEX + "$"), ADDRESS),
            "0x20000000",
            "where SRAM begins")
        .rule(new Shape.Rule.Any(List.of(List.of("profile"), List.of("clock", "flash", "sram"))));
  }

  private static Form profiles() {
    return new Form.Word(List.copyOf(McuProfiles.names()));
  }

  /** How a part is written. */
  static Form form() {
    return Form.either(profiles(), new Form.Struct(shape()));
  }

  private final Problems problems;

  McuBinder(Problems problems) {
    this.problems = problems;
  }

  /** The part; null with problems. */
  @Nullable McuConfig bind(Json json) {
    if (json instanceof Json.Text text) {
      return profile(text.value(), text.at());
    }
    Fields fields = Fields.of(json, shape(), problems);
    if (fields == null) {
      return null;
    }
    int before = problems.count();
    String profileName = fields.text("profile");
    McuConfig base = profileName == null ? null : profile(profileName, fields.at("profile"));
    String name = fields.text("name");
    CoreKind core = core(fields);
    Long clock = fields.quantity("clock");
    Long zeroWait = fields.quantity("zeroWaitClock");
    Json waitStates = fields.value("waitStates");
    Integer multiplier =
        fields.choice("multiplier", " is no multiplier of a Cortex-M0: 1 or 32 cycles");
    Long flash = memory(fields, "flash");
    Long sram = memory(fields, "sram");
    Long sramBase = address(fields);
    fields.done();
    if (profileName == null) {
      missing(fields, "clock", "\"48 MHz\"");
      missing(fields, "flash", "\"64 KiB\"");
      missing(fields, "sram", "\"8 KiB\"");
    }
    if (problems.count() > before) {
      return null;
    }
    McuConfig defaults =
        base != null
            ? base
            : new McuConfig(
                "custom", or(clock, 1), or(zeroWait, or(clock, 1)), 1, 1024, SRAM_BASE, 1024);
    String title = name != null ? name : base != null ? base.name() + ", changed" : "custom";
    McuConfig mcu =
        new McuConfig(
            title,
            core == null ? defaults.core() : core,
            or(clock, defaults.clockHz()),
            or(zeroWait, defaults.zeroWaitHz()),
            0,
            multiplier == null ? defaults.multiplierCycles() : multiplier,
            Math.toIntExact(or(flash, defaults.flashBytes())),
            or(sramBase, defaults.sramBase()),
            Math.toIntExact(or(sram, defaults.sramBytes())));
    String clash = clash(mcu);
    if (clash != null) {
      fields.problem(fields.has("sramBase") ? "sramBase" : "sram", clash);
      return null;
    }
    return waitStates == null ? mcu : withWaitStates(mcu, waitStates);
  }

  private @Nullable McuConfig withWaitStates(McuConfig mcu, Json json) {
    String written =
        json instanceof Json.Text text
            ? text.value()
            : json instanceof Json.Numeral numeral ? numeral.written() : null;
    try {
      if (written != null) {
        return WaitStates.on(mcu, written);
      }
      problems.add(json.at(), WaitStates.notWritten(json.kind()));
    } catch (IllegalArgumentException e) {
      problems.add(json.at(), String.valueOf(e.getMessage()));
    }
    return null;
  }

  private @Nullable McuConfig profile(String name, Json.Location at) {
    McuConfig found = McuProfiles.named(name).orElse(null);
    if (found == null) {
      problems.add(
          at,
          "\""
              + name
              + "\" is no MCU profile"
              + Nearest.hint(name, McuProfiles.names())
              + BY_FIELDS);
    }
    return found;
  }

  private @Nullable CoreKind core(Fields fields) {
    String key = fields.text("core");
    if (key == null) {
      return null;
    }
    CoreKind core = CoreKind.of(key).orElse(null);
    if (core == null) {
      fields.problem("core", "\"" + key + "\" is no core" + Nearest.hint(key, CoreKind.keys()));
    }
    return core;
  }

  private void missing(Fields fields, String key, String example) {
    if (!fields.has(key)) {
      fields.missing(key, "it, like " + example + ", or a \"profile\"");
    }
  }

  private @Nullable Long memory(Fields fields, String key) {
    Long bytes = fields.quantity(key);
    if (bytes != null && bytes % KIB != 0) {
      fields.problem(
          key,
          bytes + " bytes are not a multiple of 1 KiB; nearest: \"" + nearestKib(bytes) + " KiB\"");
      return null;
    }
    return bytes;
  }

  private static long nearestKib(long bytes) {
    return Math.max(1, (bytes + KIB / 2) / KIB);
  }

  private @Nullable Long address(Fields fields) {
    Json value = fields.value("sramBase");
    if (value == null) {
      return null;
    }
    if (value instanceof Json.Text text && text.value().matches(HEX)) {
      return Long.parseLong(text.value().substring(2), 16);
    }
    if (value instanceof Json.Numeral) {
      return Fields.quantity(value, ADDRESS, OptionalLong.empty(), problems);
    }
    problems.add(value.at(), "not an address: expected one like \"0x20000000\"");
    return null;
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

  private static long or(@Nullable Long value, long otherwise) {
    return value == null ? otherwise : value;
  }
}
