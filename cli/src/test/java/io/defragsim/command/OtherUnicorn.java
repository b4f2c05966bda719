package io.defragsim.command;

import io.defragsim.command.Cli.Finished;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** This project's classes once more, where the Unicorn library is not, or not as it should be. */
final class OtherUnicorn extends URLClassLoader {

  /** What is wrong with it. */
  enum Wrong {
    ABSENT,
    /** Its jar has no library for this machine. */
    NOT_FOR_THIS_HOST,
    CUT_OFF
  }

  private final Wrong wrong;
  private final Path cutOff;

  /**
   * @param cutOff the beginning of a native library
   */
  OtherUnicorn(Wrong wrong, Path cutOff) {
    super(classPath(), OtherUnicorn.class.getClassLoader());
    this.wrong = wrong;
    this.cutOff = cutOff;
  }

  private static URL[] classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(OtherUnicorn::url)
        .toArray(URL[]::new);
  }

  private static URL url(String file) {
    try {
      return Path.of(file).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean unicorn = name.startsWith("unicorn.") || name.startsWith("org.scijava.");
    if (unicorn && wrong == Wrong.ABSENT) {
      throw new ClassNotFoundException(name);
    }
    if (!unicorn && !name.startsWith("io.defragsim.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    if (!name.startsWith("natives/")) {
      return super.getResource(name);
    }
    return wrong == Wrong.CUT_OFF ? url(cutOff.toString()) : null;
  }

  /** {@link Cli#run(String...)} there. */
  Finished run(String... arguments) throws ReflectiveOperationException {
    var run = loadClass(Cli.class.getName()).getDeclaredMethod("run", String[].class);
    run.setAccessible(true);
    Object finished = run.invoke(null, (Object) arguments);
    return new Finished(
        (int) of(finished, "status"), (String) of(finished, "out"), (String) of(finished, "err"));
  }

  private static Object of(Object finished, String component) throws ReflectiveOperationException {
    var accessor = finished.getClass().getDeclaredMethod(component);
    accessor.setAccessible(true);
    return accessor.invoke(finished);
  }
}
