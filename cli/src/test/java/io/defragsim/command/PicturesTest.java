package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** Pictures as files: what is written, and what is refused. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class PicturesTest {

  @TempDir Path folder;

  @Test
  void the_picture_is_valid_xml_with_a_title_and_a_description_and_always_the_same()
      throws Exception {
    Path first = folder.resolve("first.svg");
    Path second = folder.resolve("second.svg");
    assertThat(Cli.run("run", "sensor-node", "--svg", first.toString()).status()).isZero();
    assertThat(Cli.run("run", "sensor-node", "--svg", second.toString()).status()).isZero();

    assertThat(second).hasSameBinaryContentAs(first);
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    factory.setNamespaceAware(true);
    Document svg = factory.newDocumentBuilder().parse(first.toFile());
    assertThat(svg.getDocumentElement().getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo("sensor-node on defrag");
    assertThat(svg.getElementsByTagName("desc").item(0).getTextContent().replace('\u00a0', ' '))
        .contains("4,032 operations", "336 pauses, the longest 469 cycles");
    assertThat(svg.getElementsByTagName("script").getLength()).isZero();
    assertThat(Files.size(first)).isLessThan(200_000);
  }

  @Test
  void the_report_is_the_same_with_and_without_pictures() {
    String scenario = new TestScenarios(folder).on("defrag", Map.of("alloc.failed", 0L));
    String plain = Cli.run("run", scenario, "--json", "-").out();

    Finished pictured =
        Cli.run(
            "run",
            scenario,
            "--json",
            "-",
            "--html",
            folder.resolve("page.html").toString(),
            "--svg",
            folder.resolve("page.svg").toString());
    assertThat(pictured.out()).isEqualTo(plain);
    assertThat(pictured.err()).isEmpty();
  }

  @Test
  void a_page_to_a_dash_takes_the_place_of_the_report() {
    String scenario = new TestScenarios(folder).on("defrag");

    assertThat(Cli.run("run", scenario, "--html", "-").out())
        .startsWith("<!doctype html>")
        .endsWith("</html>\n");
    assertThat(Cli.run("compare", scenario, "--html", "-").out())
        .startsWith("<!doctype html>")
        .endsWith("</html>\n");
    assertThat(Cli.run("run", scenario, "--svg", "-").out())
        .startsWith("<svg ")
        .endsWith("</svg>\n");
  }

  @Test
  void what_cannot_be_written_is_refused_before_anything_runs() throws IOException {
    String scenario = new TestScenarios(folder).on("defrag");
    String nowhere = folder.resolve("nowhere/page.html").toString();

    for (String option : new String[] {"--html", "--svg"}) {
      Finished run = Cli.run("run", scenario, option, nowhere);
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.out()).isEmpty();
      assertThat(run.err())
          .isEqualTo("defrag-sim: cannot write " + nowhere + ": there is no such directory\n");
    }
    Finished compare = Cli.run("compare", scenario, "--html", folder.toString());
    assertThat(compare.status()).isEqualTo(1);
    assertThat(compare.err())
        .isEqualTo("defrag-sim: cannot write " + folder + ": it is a directory\n");
  }

  @Test
  void a_picture_is_of_one_scenario_and_only_one_output_goes_to_stdout() {
    Finished two = Cli.run("run", "swiss-cheese", "sensor-node", "--html", "page.html");
    assertThat(two.status()).isEqualTo(2);
    assertThat(two.err()).isEqualTo("defrag-sim: --html is for one scenario, and there are 2\n");
    assertThat(Path.of("page.html")).doesNotExist();

    for (String[] line :
        new String[][] {
          {"run", "swiss-cheese", "--html", "-", "--json", "-"},
          {"run", "swiss-cheese", "--html", "-", "--svg", "-"},
          {"compare", "swiss-cheese", "--html", "-", "--json", "-"}
        }) {
      Finished both = Cli.run(line);
      assertThat(both.status()).isEqualTo(2);
      assertThat(both.out()).isEmpty();
      assertThat(both.err()).startsWith("defrag-sim: two reports cannot go to stdout: ");
    }
  }
}
