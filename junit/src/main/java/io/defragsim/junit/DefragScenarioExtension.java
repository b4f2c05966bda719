package io.defragsim.junit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Makes an invocation of each scenario that {@link DefragScenario} names. */
final class DefragScenarioExtension implements TestTemplateInvocationContextProvider {

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getElement(), DefragScenario.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    DefragScenario asked =
        AnnotationSupport.findAnnotation(context.getElement(), DefragScenario.class).orElseThrow();
    if (asked.value().length == 0) {
      throw new ExtensionConfigurationException(
          "@DefragScenario of " + context.getDisplayName() + " names no scenario");
    }
    return Arrays.stream(asked.value()).map(scenario -> new Invocation(scenario, asked));
  }

  /** One scenario of a test. */
  private record Invocation(String scenario, DefragScenario asked)
      implements TestTemplateInvocationContext {

    @Override
    public String getDisplayName(int index) {
      return asked.allocator().isEmpty() ? scenario : scenario + " on " + asked.allocator();
    }

    @Override
    public List<Extension> getAdditionalExtensions() {
      return List.of(new ScenarioRun(scenario, asked));
    }
  }
}
