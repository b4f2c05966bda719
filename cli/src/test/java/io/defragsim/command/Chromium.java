package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Chromium of this machine, without a window. Tests that need it are skipped where there is
 * none, and fail where {@code defragsim.requireTools} is true.
 */
final class Chromium implements AutoCloseable {
  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Chromium start() {
    Optional<Path> program =
        Stream.of("chromium", "chromium-browser", "google-chrome")
            .flatMap(
                name ->
                    Arrays.stream(
                            System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(
        program.isPresent() || Boolean.getBoolean("defragsim.requireTools"),
        "skipped: there is no chromium on the PATH");
    assertThat(program).as("chromium is on the PATH").isPresent();
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program.orElseThrow())
                    // a sandbox is not to be had as root; what is opened is our own
                    .setArgs(List.of("--no-sandbox")));
    return new Chromium(playwright, browser);
  }

  /** A file that is open, and what went wrong in it. */
  record Opened(Page page, List<String> troubles, BrowserContext context) implements AutoCloseable {

    /** The text of the first element that matches. */
    String text(String selector) {
      return page.locator(selector).first().innerText();
    }

    /** Without non-breaking spaces, for people who write tests. */
    String told() {
      return page.locator("[data-show=words]").first().innerText().replace('\u00a0', ' ');
    }

    Opened press(String... keys) {
      for (String key : keys) {
        page.keyboard().press(key);
      }
      return this;
    }

    @Override
    public void close() {
      context.close();
      assertThat(troubles).as("errors, messages and requests").isEmpty();
    }
  }

  Opened open(Path file, int width, ColorScheme scheme) {
    return open(file.toUri().toString(), width, scheme);
  }

  Opened open(String address, int width, ColorScheme scheme) {
    BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(width, 800).setColorScheme(scheme));
    Page page = context.newPage();
    List<String> troubles = new ArrayList<>();
    page.onConsoleMessage(message -> troubles.add("console: " + message.text()));
    page.onPageError(error -> troubles.add("error: " + error));
    page.onDialog(dialog -> troubles.add("dialog: " + dialog.message()));
    String itself = address.replaceFirst("#.*", "");
    page.onRequest(
        request -> {
          if (!request.url().replaceFirst("#.*", "").equals(itself)) {
            troubles.add("request: " + request.url());
          }
        });
    page.navigate(address);
    return new Opened(page, troubles, context);
  }

  Opened open(Path file) {
    return open(file, 1280, ColorScheme.LIGHT);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
