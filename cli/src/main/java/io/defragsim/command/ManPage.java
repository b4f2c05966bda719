package io.defragsim.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * The manual page of a command, in roff with the macros of man(7), from what its help is made of.
 */
final class ManPage {
  private final StringBuilder page = new StringBuilder();
  private final CommandLine command;
  private final CommandSpec spec;

  private ManPage(CommandLine command) {
    this.command = command;
    this.spec = command.getCommandSpec();
  }

  /** What a page is called, for example {@code defrag-sim-run}. */
  static String name(CommandSpec spec) {
    return spec.qualifiedName("-");
  }

  /**
   * The text of a page. The same program gives the same text.
   *
   * @param version of this program
   */
  static String of(CommandLine command, String version) {
    ManPage page = new ManPage(command);
    page.write(version);
    return page.page.toString();
  }

  private void write(String version) {
    String name = name(spec);
    UsageMessageSpec usage = spec.usageMessage();
    List<String> description = lines(usage.description());
    line(".TH " + escaped(name) + " 1 \"\" \"defrag-sim " + version + "\" \"defrag-sim\"");
    // Left-aligned and without hyphens, as words here are names.
    line(".nh");
    line(".ad l");
    line(".SH NAME");
    String summary = description.isEmpty() ? name : description.get(0);
    line(escaped(name) + " \\- " + escaped(summary.replaceFirst("\\.$", "")));
    line(".SH SYNOPSIS");
    synopsis();
    line(".SH DESCRIPTION");
    paragraphs(description);
    entries("ARGUMENTS", spec.positionalParameters().stream().filter(p -> !p.hidden()).toList());
    entries("OPTIONS", options());
    commands();
    footer(usage);
    status(usage);
    seeAlso();
  }

  private void synopsis() {
    Help help = new Help(spec, CommandLine.Help.defaultColorScheme(Ansi.OFF));
    String qualified = spec.qualifiedName();
    String synopsis = help.synopsis(0).replaceAll("\\s+", " ").strip();
    String rest =
        synopsis.startsWith(qualified) ? synopsis.substring(qualified.length()) : synopsis;
    line(".B " + escaped(qualified));
    text(rest.strip());
  }

  private List<OptionSpec> options() {
    return spec.options().stream()
        .filter(option -> !option.hidden())
        .sorted(Comparator.comparing(OptionSpec::longestName))
        .toList();
  }

  private void entries(String heading, List<? extends ArgSpec> arguments) {
    if (arguments.isEmpty()) {
      return;
    }
    line(".SH " + heading);
    for (ArgSpec argument : arguments) {
      line(".TP");
      if (argument instanceof OptionSpec option) {
        String names = joined(Stream.of(option.names()).map(ManPage::bold));
        line(names + (option.arity().max() == 0 ? "" : "=" + italic(option.paramLabel())));
      } else {
        line(italic(argument.paramLabel()));
      }
      lines(argument.description()).forEach(this::text);
    }
  }

  private void commands() {
    List<CommandLine> commands =
        command.getSubcommands().values().stream()
            .filter(each -> !each.getCommandSpec().usageMessage().hidden())
            .toList();
    if (commands.isEmpty()) {
      return;
    }
    line(".SH COMMANDS");
    for (CommandLine each : commands) {
      line(".TP");
      line(bold(each.getCommandName()));
      List<String> description = lines(each.getCommandSpec().usageMessage().description());
      text(description.isEmpty() ? "" : description.get(0));
    }
  }

  private void footer(UsageMessageSpec usage) {
    List<String> footer = lines(usage.footer());
    if (footer.isEmpty()) {
      return;
    }
    line(".SH EXAMPLES");
    line(".nf");
    footer.forEach(each -> line(escaped(each.strip())));
    line(".fi");
  }

  private void status(UsageMessageSpec usage) {
    Map<String, String> codes = usage.exitCodeList();
    if (codes.isEmpty()) {
      return;
    }
    line(".SH EXIT STATUS");
    codes.forEach(
        (code, meaning) -> {
          line(".TP");
          line(bold(code.strip()));
          text(meaning);
        });
  }

  private void seeAlso() {
    List<String> others = new ArrayList<>();
    CommandLine parent = command.getParent();
    if (parent != null) {
      others.add(name(parent.getCommandSpec()));
    }
    for (CommandLine each : ManCommand.documented(command)) {
      others.add(name(each.getCommandSpec()));
    }
    if (!others.isEmpty()) {
      line(".SH SEE ALSO");
      line(joined(others.stream().map(other -> bold(other) + "(1)")));
    }
  }

  private void paragraphs(List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        line(".PP");
      }
      text(texts.get(i));
    }
  }

  private void text(String text) {
    if (!text.isBlank()) {
      line(escaped(text));
    }
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  private static String bold(String text) {
    return "\\fB" + escaped(text) + "\\fR";
  }

  private static String italic(String text) {
    return "\\fI" + escaped(text) + "\\fR";
  }

  private static String joined(Stream<String> words) {
    return words.collect(Collectors.joining(", "));
  }

  /** What picocli prints of it: percent signs and line ends may be written as in formats. */
  private static List<String> lines(String[] formats) {
    List<String> lines = new ArrayList<>();
    for (String format : formats) {
      String text = Ansi.OFF.string(format).replace("%n", "\n").replace("%%", "%");
      lines.addAll(text.lines().toList());
    }
    return lines;
  }

  /** As roff takes it for text: no escapes, no requests, hyphens that can be copied. */
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    if (text.startsWith(".") || text.startsWith("'")) {
      escaped.append("\\&");
    }
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> escaped.append("\\(rs");
                case '-' -> escaped.append("\\-");
                case '\'' -> escaped.append("\\(aq");
                case '`' -> escaped.append("\\(ga");
                case '^' -> escaped.append("\\(ha");
                case '~' -> escaped.append("\\(ti");
                case '"' -> escaped.append("\\(dq");
                default -> {
                  if (c < 128) {
                    escaped.append((char) c);
                  } else {
                    escaped.append(String.format(Locale.ROOT, "\\[u%04X]", c));
                  }
                }
              }
            });
    return escaped.toString();
  }
}
