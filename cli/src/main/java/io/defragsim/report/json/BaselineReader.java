package io.defragsim.report.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.baseline.Baseline.FunctionCycles;
import io.defragsim.lab.baseline.Setting;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.json.JsonSyntax;
import io.defragsim.scenario.json.JsonText;
import io.defragsim.scenario.json.NotJsonException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads baselines, and believes nothing of them. */
public final class BaselineReader {

  /** A file that is no baseline of this format. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message, @Nullable Exception cause) {
      super(message, cause);
    }

    /** Whether there is no such file at all. */
    public boolean absent() {
      return getCause() instanceof UnreadableFileException unread && unread.absent();
    }
  }

  /** So much of a wrong value is shown. */
  private static final int LONGEST_SHOWN = 40;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().streamReadConstraints(JsonSyntax.CONSTRAINTS).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;

  private BaselineReader(Path file) {
    this.file = file;
  }

  /**
   * Reads a file.
   *
   * @throws MalformedException with one line for people, which begins with the file
   */
  public static Baseline read(Path file) throws MalformedException {
    return new BaselineReader(file).read();
  }

  private Baseline read() throws MalformedException {
    JsonNode root = tree();
    if (!root.isObject()) {
      throw malformed("", "is no baseline: an object is expected");
    }
    JsonNode format = root.get("format");
    if (format == null || !JsonBaseline.FORMAT.equals(format.textValue())) {
      throw malformed("", "is no baseline: its \"format\" is not \"" + JsonBaseline.FORMAT + "\"");
    }
    JsonNode version = root.get("version");
    if (version == null || !version.isInt() || version.intValue() != JsonBaseline.VERSION) {
      throw malformed(
          "/version",
          (version == null ? "is missing" : "is " + shown(version))
              + ": this program reads version "
              + JsonBaseline.VERSION
              + "; update the baseline");
    }
    onlyKnown(
        root,
        "",
        List.of(
            "$schema",
            "format",
            "version",
            "producer",
            "scenario",
            "setting",
            "image",
            "cycleModel",
            "figures",
            "functions"));
    JsonNode image = object(root, "", "image");
    onlyKnown(image, "/image", List.of("name", "sha256", "contract", "compiler"));
    return new Baseline(
        text(root, "", "producer"),
        text(root, "", "scenario"),
        setting(root),
        new Baseline.Image(
            text(image, "/image", "name"),
            sha256(image, "/image", "sha256"),
            image.path("contract").isNull() ? null : contract(image),
            image.path("compiler").isNull() ? null : text(image, "/image", "compiler")),
        text(root, "", "cycleModel"),
        figures(object(root, "", "figures")),
        functions(object(root, "", "functions")));
  }

  private Integer contract(JsonNode image) throws MalformedException {
    return Math.toIntExact(Math.min(Integer.MAX_VALUE, number(image, "/image", "contract")));
  }

  /** Null of a program, and in a file from before settings were kept. */
  private @Nullable Setting setting(JsonNode root) throws MalformedException {
    if (!root.hasNonNull("setting")) {
      return null;
    }
    String at = "/setting";
    JsonNode node = object(root, "", "setting");
    onlyKnown(node, at, List.of("workload", "part", "pool", "stack", "policy", "interrupts"));
    return new Setting(
        sha256(node, at, "workload"),
        text(node, at, "part"),
        text(node, at, "pool"),
        text(node, at, "stack"),
        text(node, at, "policy"),
        text(node, at, "interrupts"));
  }

  private String sha256(JsonNode node, String at, String key) throws MalformedException {
    String text = text(node, at, key);
    if (!text.matches("[0-9a-f]{64}")) {
      throw malformed(at + "/" + key, "64 digits of lower-case hex are expected");
    }
    return text;
  }

  private JsonNode tree() throws MalformedException {
    try {
      String text = JsonText.of(InputKind.BASELINE.read(file), "a baseline");
      try {
        JsonNode tree = MAPPER.readTree(text);
        if (tree.isMissingNode()) {
          JsonSyntax.checkStrict(text, "a baseline"); // an empty file is no mistake to the library
        }
        return tree;
      } catch (JsonProcessingException e) {
        JsonSyntax.checkStrict(text, "a baseline");
        JsonLocation at = e.getLocation();
        throw malformed(
            "", "not JSON" + (at == null ? "" : " from line " + at.getLineNr() + " on"));
      }
    } catch (UnreadableFileException e) {
      throw new MalformedException(
          file + ": " + (e.absent() ? "no such baseline" : e.getMessage()), e);
    } catch (NotJsonException e) {
      throw new MalformedException(e.format(file.toString()), e);
    }
  }

  private SortedMap<String, @Nullable Long> figures(JsonNode node) throws MalformedException {
    SortedMap<String, @Nullable Long> figures = new TreeMap<>();
    for (String name : Figures.names()) {
      JsonNode value = node.get(name);
      figures.put(
          name,
          value != null && value.isNull() ? null : Long.valueOf(number(node, "/figures", name)));
    }
    List<String> unknown = new ArrayList<>();
    node.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(Figures.names());
    if (!unknown.isEmpty()) {
      throw malformed("/figures/" + unknown.get(0), "is no figure of this program");
    }
    return figures;
  }

  private SortedMap<String, FunctionCycles> functions(JsonNode node) throws MalformedException {
    SortedMap<String, FunctionCycles> functions = new TreeMap<>();
    for (var member : node.properties()) {
      String at = "/functions/" + member.getKey();
      if (!member.getValue().isObject()) {
        throw malformed(at, "an object is expected");
      }
      onlyKnown(member.getValue(), at, List.of("calls", "cycles"));
      functions.put(
          member.getKey(),
          new FunctionCycles(
              number(member.getValue(), at, "calls"), number(member.getValue(), at, "cycles")));
    }
    return functions;
  }

  private void onlyKnown(JsonNode node, String at, List<String> known) throws MalformedException {
    for (var member : node.properties()) {
      if (!known.contains(member.getKey())) {
        throw malformed(at + "/" + member.getKey(), "is no key here");
      }
    }
  }

  private JsonNode member(JsonNode node, String at, String key) throws MalformedException {
    JsonNode member = node.get(key);
    if (member == null) {
      throw malformed(at + "/" + key, "is missing");
    }
    return member;
  }

  private JsonNode object(JsonNode node, String at, String key) throws MalformedException {
    JsonNode member = member(node, at, key);
    if (!member.isObject()) {
      throw malformed(at + "/" + key, "an object is expected");
    }
    return member;
  }

  private String text(JsonNode node, String at, String key) throws MalformedException {
    JsonNode member = member(node, at, key);
    if (!member.isTextual()) {
      throw malformed(at + "/" + key, "a string is expected");
    }
    return member.textValue();
  }

  private long number(JsonNode node, String at, String key) throws MalformedException {
    JsonNode member = member(node, at, key);
    if (!member.isIntegralNumber() || !member.canConvertToLong() || member.longValue() < 0) {
      throw malformed(
          at + "/" + key, "a whole number of 0 or more is expected, not " + shown(member));
    }
    return member.longValue();
  }

  private MalformedException malformed(String pointer, String what) {
    return new MalformedException(
        file + ": " + (pointer.isEmpty() ? "" : pointer + ": ") + what, null);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }
}
