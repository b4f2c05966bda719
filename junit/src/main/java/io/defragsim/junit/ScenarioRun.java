package io.defragsim.junit;

import io.defragsim.emulator.engine.unicorn.UnicornLibrary;
import io.defragsim.lab.result.LimitVerdict;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.opentest4j.AssertionFailedError;

/** Runs a scenario before its method, hands it the result, and judges the limits after. */
final class ScenarioRun
    implements BeforeTestExecutionCallback, ParameterResolver, InvocationInterceptor {
  private final String scenario;
  private final DefragScenario asked;
  private @Nullable RunResult result;

  ScenarioRun(String scenario, DefragScenario asked) {
    this.scenario = scenario;
    this.asked = asked;
  }

  // After @BeforeEach, which may have made the files.
  @Override
  public void beforeTestExecution(ExtensionContext context) {
    RunResult run =
        new ScenarioSource(context.getRequiredTestClass()).run(scenario, asked.allocator());
    UnicornLibrary library = UnicornLibrary.get();
    if (library.state() == UnicornLibrary.State.BROKEN) {
      context.publishReportEntry("defrag-sim", "the Unicorn engine " + library.problem());
    }
    String ending = Wording.ending(run);
    if (ending != null) {
      throw new AssertionFailedError(ending);
    }
    for (LimitVerdict verdict : run.verdicts()) {
      if (verdict.level() == Level.WARN) {
        context.publishReportEntry("defrag-sim warns", Wording.sentence(verdict));
      }
    }
    result = run;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RunResult.class
        && parameter.getDeclaringExecutable() instanceof Method method
        && method.equals(context.getRequiredTestMethod());
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return ran();
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    Throwable own = null;
    try {
      invocation.proceed();
    } catch (Throwable failure) {
      own = failure;
    }
    String violated = asked.enforceLimits() ? Wording.violated(ran()) : null;
    if (own != null) {
      if (violated != null) {
        own.addSuppressed(new AssertionFailedError(violated));
      }
      throw own;
    }
    if (violated != null) {
      throw new AssertionFailedError(violated);
    }
  }

  private RunResult ran() {
    if (result == null) {
      throw new IllegalStateException("the scenario has not run");
    }
    return result;
  }
}
