package io.defragsim.firmware;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Says on the console which test was skipped and why; the counts alone do not. All modules have it,
 * by the list of services.
 */
public final class SkippedTests implements TestWatcher {

  @Override
  public void testAborted(ExtensionContext test, @Nullable Throwable cause) {
    tell(test, cause == null ? null : cause.getMessage());
  }

  @Override
  public void testDisabled(ExtensionContext test, Optional<String> reason) {
    tell(test, reason.orElse(null));
  }

  private static void tell(ExtensionContext test, @Nullable String reason) {
    String why = reason == null ? "no reason given" : reason;
    System.out.println(
        "Skipped: "
            + test.getRequiredTestClass().getSimpleName()
            + ": "
            + test.getDisplayName()
            + ": "
            + why.replaceFirst("^Assumption failed: ", "").replaceFirst("^skipped: ", ""));
  }
}
