package io.defragsim.junit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The extension stands on scenarios, beside the command line: nothing in them can depend on it. */
@AnalyzeClasses(packages = "io.defragsim.junit", importOptions = DoNotIncludeTests.class)
final class JunitArchitectureTest {

  @ArchTest
  static final ArchRule the_extension_depends_on_scenarios_and_junit_only =
      classes()
          .that()
          .resideInAPackage("io.defragsim.junit..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.defragsim.junit..",
              "io.defragsim.scenario..",
              "io.defragsim.lab..",
              "io.defragsim.emulator..",
              "io.defragsim.words..",
              "java..",
              "org.junit..",
              "org.opentest4j..",
              "org.jspecify..");

  /** The rest of what a machine's language could change is ruled out where all modules meet. */
  @ArchTest
  static final ArchRule messages_depend_on_no_locale_of_the_machine =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim.junit..")
          .should()
          .callMethod(String.class, "format", String.class, Object[].class)
          .orShould()
          .callMethod(String.class, "formatted", Object[].class)
          .orShould()
          .callMethod(String.class, "toLowerCase")
          .orShould()
          .callMethod(String.class, "toUpperCase");
}
