package io.defragsim.report.html;

import com.fasterxml.jackson.core.JsonGenerator;
import io.defragsim.lab.recording.HeapState;
import io.defragsim.lab.recording.Recording;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Fragmentation.Sample;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.report.Recorded;
import io.defragsim.report.markup.PrintableJson;
import io.defragsim.workload.OperationKind;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the page's script reads: the moments of each run, in JSON that can stand in a script. */
final class PageData {
  /** Of a longer name that much is shown. */
  static final int LONGEST_NAME = 40;

  private PageData() {}

  /**
   * @param span how many operations the pictures are wide
   * @param start the operation to show first
   */
  static String of(List<Recorded> runs, long span, long start) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = PrintableJson.factory().createGenerator(out)) {
      json.writeStartObject();
      json.writeNumberField("operations", runs.get(0).result().workloadOperations());
      json.writeNumberField("span", span);
      json.writeNumberField("start", start);
      json.writeArrayFieldStart("kinds");
      for (OperationKind kind : Recording.KINDS) {
        json.writeString(kind.key());
      }
      json.writeEndArray();
      json.writeArrayFieldStart("errors");
      for (ContractError error : ContractError.values()) {
        json.writeString(error.words());
      }
      json.writeEndArray();
      json.writeArrayFieldStart("runs");
      for (Recorded run : runs) {
        run(json, run);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // neither "</script>" nor "<!--" may stand in a script
    return out.toString().replace("<", "\\u003c");
  }

  private static void run(JsonGenerator json, Recorded run) throws IOException {
    RunResult result = run.result();
    Recording recording = run.recording();
    json.writeStartObject();
    json.writeNumberField("pool", result.subject().pool().bytes());
    json.writeObjectFieldStart("exact");
    json.writeBooleanField("calls", !result.callsAreEstimates());
    json.writeBooleanField("clock", !result.clockIsEstimate());
    json.writeEndObject();
    json.writeStringField("ending", EndingWords.brief(result.ending()));
    lists(json, recording);
    json.writeArrayFieldStart("samples");
    for (Sample sample : result.fragmentation().samples()) {
      if (!sample.atFailure()) {
        json.writeStartArray();
        json.writeNumber(sample.operation());
        number(json, sample.largestRequest());
        number(json, sample.ppm());
        json.writeEndArray();
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("names");
    int last = 0;
    for (String name : recording.names()) {
      last = name(json, name, last);
    }
    json.writeEndArray();
    json.writeStringField("frames", recording.text());
    json.writeFieldName("flame");
    flame(json, FlameTree.of(run.profile()));
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, @Nullable Long value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else {
      json.writeNumber(value);
    }
  }

  /**
   * Writes a name; of a block that a generator numbers just by how much its number is above that of
   * the last one, for there are many.
   */
  private static int name(JsonGenerator json, String name, int last) throws IOException {
    if (!name.matches("#[1-9][0-9]{0,8}")) {
      json.writeString(shortened(name));
      return last;
    }
    int number = Integer.parseInt(name.substring(1));
    json.writeNumber(number - last);
    return number;
  }

  static String shortened(String name) {
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME / 2)) + "…";
  }

  /** What each list of holes is called; empty for what is in none, and for what is no hole. */
  private static void lists(JsonGenerator json, Recording recording) throws IOException {
    int[] most = {HeapState.FIRST_LIST};
    recording.replay((moment, state) -> most[0] = Math.max(most[0], state.lists().size()));
    json.writeArrayFieldStart("lists");
    for (int i = 0; i < most[0]; i++) {
      json.writeString(i < HeapState.FIRST_LIST ? "" : "list " + (i - HeapState.FIRST_LIST));
    }
    json.writeEndArray();
  }

  private static void flame(JsonGenerator json, FlameTree node) throws IOException {
    json.writeStartArray();
    json.writeString(node.name());
    json.writeNumber(node.own());
    json.writeStartArray();
    for (FlameTree child : node.children()) {
      flame(json, child);
    }
    json.writeEndArray();
    json.writeEndArray();
  }
}
