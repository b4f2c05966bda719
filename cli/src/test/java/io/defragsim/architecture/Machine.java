package io.defragsim.architecture;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.ByteArrayOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.text.Format;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.Set;
import java.util.function.Predicate;

/** What code asks of the machine that it runs on, where the answer is another on each. */
final class Machine {
  private static final Set<String> OF_TEXT =
      Set.of("format", "formatted", "printf", "toLowerCase", "toUpperCase");

  private static final List<Class<?>> IN_A_LANGUAGE =
      List.of(
          Format.class,
          Formatter.class,
          Scanner.class,
          DateTimeFormatter.class,
          DateTimeFormatterBuilder.class);

  private static final List<Class<?>> IN_A_CHARSET =
      List.of(
          FileReader.class,
          FileWriter.class,
          InputStreamReader.class,
          OutputStreamWriter.class,
          PrintStream.class);

  private Machine() {}

  /** The user's language or charset, for text, numbers or dates. */
  static ArchCondition<JavaClass> askWhatItsUserSpeaks() {
    return use("ask what the user speaks", access -> language(access) || charset(access));
  }

  private static boolean language(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    if (owner.isEquivalentTo(Locale.class)) {
      return Set.of("getDefault", "setDefault").contains(access.getName());
    }
    boolean text =
        OF_TEXT.contains(access.getName())
            && (owner.isEquivalentTo(String.class)
                || owner.isAssignableTo(PrintStream.class)
                || owner.isAssignableTo(PrintWriter.class));
    boolean made =
        IN_A_LANGUAGE.stream().anyMatch(owner::isAssignableTo)
            && Set.of("<init>", "getInstance", "ofPattern", "toFormatter")
                .contains(access.getName());
    return (text || made) && !takes(access, Locale.class);
  }

  private static boolean charset(JavaAccess<?> access) {
    JavaClass owner = access.getTargetOwner();
    if (owner.isEquivalentTo(Charset.class)) {
      return access.getName().equals("defaultCharset");
    }
    if (owner.isEquivalentTo(String.class)) {
      boolean bytes =
          access.getName().equals("getBytes")
              || (access.getName().equals("<init>") && takes(access, byte[].class));
      return bytes && !takes(access, Charset.class) && !takes(access, String.class);
    }
    if (owner.isEquivalentTo(ByteArrayOutputStream.class)) {
      return access.getName().equals("toString") && takes(access);
    }
    return IN_A_CHARSET.stream().anyMatch(owner::isEquivalentTo)
        && access.getName().equals("<init>")
        && !takes(access, Charset.class);
  }

  /** Whether one of the parameters is of {@code type}. */
  static boolean takes(JavaAccess<?> access, Class<?> type) {
    return access.getTarget() instanceof CodeUnitCallTarget target
        && target.getRawParameterTypes().stream().anyMatch(each -> each.isEquivalentTo(type));
  }

  /** Whether there are no parameters. */
  static boolean takes(JavaAccess<?> access) {
    return access.getTarget() instanceof CodeUnitCallTarget target
        && target.getRawParameterTypes().isEmpty();
  }

  /** That a class makes such an access. */
  static ArchCondition<JavaClass> use(String what, Predicate<JavaAccess<?>> which) {
    return new ArchCondition<>(what) {
      @Override
      public void check(JavaClass from, ConditionEvents events) {
        from.getAccessesFromSelf().stream()
            .filter(which)
            .forEach(
                access ->
                    events.add(SimpleConditionEvent.satisfied(access, access.getDescription())));
      }
    };
  }
}
