package io.defragsim.scenario.board;

import com.fasterxml.jackson.databind.JsonNode;
import io.defragsim.scenario.schema.Agreement;
import io.defragsim.scenario.schema.SchemaWriter;
import io.defragsim.scenario.schema.Tampering;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The schemas of boards and of scripts. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class BoardSchemaTest {
  private static final long SEED = Long.getLong("defragsim.seed", 20261128);

  /** Messages of the reader on what is beyond a schema. */
  private static final Pattern BOARD =
      Agreement.beyond(
          " overlaps ",
          "ends beyond the last address",
          "is not a multiple of 4$",
          "is in no peripheral|no peripheral of the board has",
          " is the register |is the name of a field, too",
          " is the address of \"",
          "^register \\d+ is given twice",
          "is no register and no field",
          "is no model|there is no class",
          "has a model: no rule goes there",
          "which follows it, ",
          "does not fit: ",
          "by the rule on line ",
          "^bits [0-9]",
          "is a field: only bits");

  private static final Pattern SCRIPT = Agreement.beyond("bytes are too many");

  private static Agreement boards() {
    BoardReader reader = new BoardReader(BoardReaderTest.MODELS);
    return new Agreement("board", reader::read, problem -> BOARD.matcher(problem.message()).find());
  }

  private static Agreement scripts() {
    return new Agreement(
        "script",
        ScriptReaderTest.READER::read,
        problem -> SCRIPT.matcher(problem.message()).find());
  }

  private static String resource(String name) throws IOException {
    return new String(BoardReaderTest.resource(name), StandardCharsets.UTF_8);
  }

  @Test
  void the_committed_schemas_are_what_the_readers_go_by() throws IOException {
    Agreement.holdCommitted(
        "board",
        SchemaWriter.text(
            new BoardBinder(new Models(Map.of(), null)).type(),
            "urn:defrag-sim:board:1",
            "Board of defrag-sim"));
    Agreement.holdCommitted(
        "script",
        SchemaWriter.text(
            new ScriptBinder().type(), "urn:defrag-sim:script:1", "Script of defrag-sim"));
  }

  @Test
  void reader_and_schema_agree_on_boards_that_were_tampered_with() throws IOException {
    tamper(
        boards(),
        "complete.json",
        List.of("0x40021000", "RCC.CR", "RCC.CR.SW", "RCC.CR[3:2]", "3:2", "set", "itself", "2 ms"),
        List.of("model", "interrupt", "follows", "clears", "becomes", "input", "include", "0x0e"),
        300);
  }

  @Test
  void reader_and_schema_agree_on_scripts_that_were_tampered_with() throws IOException {
    tamper(
        scripts(),
        "script.json",
        List.of("", "5 mss", "2 ms", "x"),
        List.of("expect", "send", "pause", "within", "pace"),
        200);
  }

  private static void tamper(
      Agreement agreement, String file, List<String> strings, List<String> keys, int rounds)
      throws IOException {
    List<JsonNode> originals = List.of(Agreement.tree(resource(file)));
    Random random = new Random(SEED);
    Tampering tampering = new Tampering(random, originals, strings, keys);
    agreement.tamper(originals, tampering, random, rounds, "seed " + SEED);
  }

  @Test
  void each_mistake_that_needs_no_other_part_of_the_file_is_refused_by_the_schema_near_its_place()
      throws IOException {
    boards().refusesNear(resource("mistakes.json"), 12);
    boards().refusesNear(resource("rule-mistakes.json"), 10);
    scripts().refusesNear(resource("script-mistakes.json"), 5);
  }
}
