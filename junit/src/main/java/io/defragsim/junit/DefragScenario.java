package io.defragsim.junit;

import io.defragsim.lab.result.RunResult;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that runs scenarios of defrag-sim, one after the other, each as an invocation of the
 * method of its own. It fails if a limit of the scenario is violated, and with the place of the
 * mistake if the scenario is invalid, the firmware faults or breaks the image contract, or a cycle
 * budget is exhausted. A limit that only warns is published as a report entry.
 *
 * <p>The method may take the {@link RunResult} as a parameter, to assert more. It runs before
 * limits are judged; if both fail, both are told.
 *
 * <pre>{@code
 * @DefragScenario("firmware/heap.json")
 * void the_heap_keeps_its_deadline(RunResult run) {
 *   assertTrue(run.figures().get("pauses.max") < 1000);
 * }
 * }</pre>
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(DefragScenarioExtension.class)
public @interface DefragScenario {

  /**
   * The scenarios. Each is, whichever is there first, a file relative to the working folder (the
   * module's, with Maven and Gradle), a resource of the class path, seen from the test's package
   * or, with a slash before it, from the root, or the name of a scenario that comes with
   * defrag-sim.
   */
  String[] value();

  /**
   * The image to run on in place of the scenario's own: a shipped one by its name, or a path to an
   * ELF file relative to the working folder. Empty for the scenario's own.
   */
  String allocator() default "";

  /**
   * Whether a violated limit fails the test. Without it only what ends a run early does, and the
   * method decides on the figures.
   */
  boolean enforceLimits() default true;
}
