package io.defragsim.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FileWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Dependencies point one way, between modules and between packages, and each seam has one door. */
@AnalyzeClasses(packages = "io.defragsim", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule the_emulator_knows_nothing_of_allocators_or_scenarios =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim.emulator..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.defragsim.scenario..",
              "io.defragsim.workload..",
              "io.defragsim.lab..",
              "io.defragsim.report..",
              "io.defragsim.command..");

  @ArchTest
  static final ArchRule scenarios_know_nothing_of_reports_and_commands =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.defragsim.scenario..", "io.defragsim.workload..", "io.defragsim.lab..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.defragsim.report..", "io.defragsim.command..");

  @ArchTest
  static final ArchRule a_scenario_is_read_without_the_lab =
      noClasses()
          .that()
          .resideInAnyPackage("io.defragsim.scenario..", "io.defragsim.workload..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.defragsim.lab..");

  @ArchTest
  static final ArchRule reports_do_not_know_the_commands =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim.report..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.defragsim.command..");

  @ArchTest
  static final ArchRule no_class_outside_its_package_reaches_for_the_unicorn_library =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim..")
          .and()
          .resideOutsideOfPackage("io.defragsim.emulator.engine.unicorn")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("unicorn..", "org.scijava..");

  @ArchTest
  static final ArchRule what_others_see_of_that_package_does_not_need_the_library =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim.emulator.engine.unicorn")
          .and()
          .arePublic()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("unicorn..", "org.scijava..");

  @ArchTest
  static final ArchRule the_instruction_set_stands_by_itself =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim.emulator.isa..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.defragsim.emulator",
              "io.defragsim.emulator.timing..",
              "io.defragsim.emulator.image..",
              "io.defragsim.emulator.engine..",
              "io.defragsim.emulator.system..");

  @ArchTest
  static final ArchRule no_format_of_a_report_knows_another =
      slices()
          .matching("io.defragsim.report.(text|html|ci|json|svg)")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule packages_form_no_circles =
      slices().matching("io.defragsim.(**)").should().beFreeOfCycles();

  /** A package and one within it are two: the rule sees a circle of these. */
  @Test
  void a_circle_of_two_planted_packages_is_found() {
    JavaClasses planted =
        new ClassFileImporter().importPackages("io.defragsim.architecture.planted");
    assertThatThrownBy(() -> packages_form_no_circles.check(planted))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("architecture.planted.one.inner");
  }

  @ArchTest
  static final ArchRule results_depend_on_no_clock_and_no_chance =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.defragsim.emulator..",
              "io.defragsim.scenario..",
              "io.defragsim.workload..",
              "io.defragsim.lab..")
          .and()
          .resideOutsideOfPackage("..bench..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.util.Random")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random");

  @ArchTest
  static final ArchRule text_leaves_the_process_through_the_console_only =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim..")
          .and()
          .resideOutsideOfPackages(
              "io.defragsim.console..", "io.defragsim.firmware..") // which is for tests
          .should(reachTheStreamsOfTheProcess());

  @ArchTest
  static final ArchRule files_are_written_where_text_is_made_printable =
      noClasses()
          .that()
          .resideInAnyPackage("io.defragsim.command..", "io.defragsim.report..")
          .and()
          .doNotHaveSimpleName("OutputFile")
          .and()
          .doNotHaveSimpleName("ManCommand") // which has no word of others
          .should(writeFiles());

  @ArchTest
  static final ArchRule nothing_depends_on_the_locale_or_charset_of_the_machine =
      noClasses()
          .that()
          .resideInAPackage("io.defragsim..")
          .and()
          .doNotHaveSimpleName("HostArchitecture") // for a library that asks
          .should(Machine.askWhatItsUserSpeaks());

  private static ArchCondition<JavaClass> reachTheStreamsOfTheProcess() {
    return Machine.use(
        "reach the streams of the process",
        access ->
            (access.getTargetOwner().isEquivalentTo(System.class)
                    && Set.of("out", "err", "console").contains(access.getName()))
                || access.getTargetOwner().isEquivalentTo(FileDescriptor.class)
                || (access.getTargetOwner().isAssignableTo(Throwable.class)
                    && access.getName().equals("printStackTrace")
                    && Machine.takes(access)));
  }

  private static ArchCondition<JavaClass> writeFiles() {
    return Machine.use(
        "write files",
        access ->
            (access.getTargetOwner().isEquivalentTo(Files.class)
                    && Set.of(
                            "write", "writeString", "newBufferedWriter", "newOutputStream", "copy")
                        .contains(access.getName()))
                || access.getTargetOwner().isEquivalentTo(FileOutputStream.class)
                || access.getTargetOwner().isEquivalentTo(FileWriter.class)
                || access.getTargetOwner().isEquivalentTo(FileChannel.class));
  }
}
