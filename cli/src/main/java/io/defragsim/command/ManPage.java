package io.defragsim.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
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
    line(
        String.format(
            Locale.ROOT, ".TH %s 1 \"\" \"defrag-sim %s\" \"defrag-sim\"", escaped(name), version));
    // Left-aligned and without hyphens, as words here are names.
    line(".nh");
    line(".ad l");
    line(".SH NAME");
    String summary = description.isEmpty() ? name : description.get(0);
    line(
        String.format(
            Locale.ROOT, "%s \\- %s", escaped(name), escaped(summary.replaceFirst("\\.$", ""))));
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
    line(String.format(Locale.ROOT, ".B %s", escaped(qualified)));
    text(rest.strip());
  }

  private List<OptionSpec> options() {
    List<OptionSpec> options = new ArrayList<>();
    for (OptionSpec option : spec.options()) {
      if (!option.hidden()) {
        options.add(option);
      }
    }
    options.sort((a, b) -> a.longestName().compareTo(b.longestName()));
    return options;
  }

  private void entries(String heading, List<? extends ArgSpec> arguments) {
    if (arguments.isEmpty()) {
      return;
    }
    line(String.format(Locale.ROOT, ".SH %s", heading));
    for (ArgSpec argument : arguments) {
      line(".TP");
      if (argument instanceof OptionSpec option) {
        List<String> names = new ArrayList<>();
        for (String each : option.names()) {
          names.add("\\fB" + escaped(each) + "\\fR");
        }
        String value =
            option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR";
        line(String.format(Locale.ROOT, "%s%s", String.join(", ", names), value));
      } else {
        line(
            String.format(
                Locale.ROOT, "\\fI%s\\fR", escaped(((PositionalParamSpec) argument).paramLabel())));
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
      line(String.format(Locale.ROOT, "\\fB%s\\fR", escaped(each.getCommandName())));
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
          line(String.format(Locale.ROOT, "\\fB%s\\fR", escaped(code.strip())));
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
      line(
          String.format(
              Locale.ROOT,
              "%s",
              String.join(
                  ", ", others.stream().map(o -> "\\fB" + escaped(o) + "\\fR(1)").toList())));
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
