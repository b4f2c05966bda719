package io.defragsim.scenario.board;

import io.defragsim.emulator.board.Peripheral;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The models of peripherals that a board file may name: those that are known, and users' own. */
public final class Models {
  /** A class: at least one dot, and a capital behind the last. */
  private static final Pattern CLASS = Pattern.compile("([\\w$]+\\.)+\\p{Lu}[\\w$]*");

  private final Map<String, Supplier<? extends Peripheral>> known;
  private final @Nullable ClassLoader own;

  /**
   * @param known models by their names
   * @param own where users' classes are; null if they have none
   */
  public Models(
      Map<String, ? extends Supplier<? extends Peripheral>> known, @Nullable ClassLoader own) {
    this.known = Collections.unmodifiableMap(new LinkedHashMap<>(known));
    this.own = own;
  }

  /**
   * What makes models of that name, a new one for each time that it is asked.
   *
   * @throws Unreadable if there is none
   */
  public Supplier<? extends Peripheral> find(String name) {
    Supplier<? extends Peripheral> model = known.get(name);
    if (model != null) {
      return model;
    }
    if (CLASS.matcher(name).matches()) {
      return made(loaded(name));
    }
    throw new Unreadable("\"%s\" is no model%s", name, Nearest.hint(name, known.keySet()));
  }

  private Class<?> loaded(String name) {
    if (own == null) {
      throw new Unreadable(
          "there is no class \"%s\": the jar that it is in is named by --models", name);
    }
    try {
      return Class.forName(name, false, own);
    } catch (ClassNotFoundException e) {
      throw new Unreadable("there is no class \"%s\" in the jar that --models names", name);
    } catch (LinkageError e) {
      throw new Unreadable(
          "the class \"%s\" cannot be loaded: %s", name, String.valueOf(e.getMessage()));
    }
  }

  private static Supplier<Peripheral> made(Class<?> found) {
    String name = found.getName();
    if (!Peripheral.class.isAssignableFrom(found)) {
      throw new Unreadable(
          "the class \"%s\" is no model: it does not implement %s",
          name, Peripheral.class.getName());
    }
    Constructor<? extends Peripheral> constructor;
    try {
      constructor = found.asSubclass(Peripheral.class).getConstructor();
    } catch (NoSuchMethodException | LinkageError e) {
      throw new Unreadable("the class \"%s\" has no public constructor without parameters", name);
    }
    if (!Modifier.isPublic(found.getModifiers()) || Modifier.isAbstract(found.getModifiers())) {
      throw new Unreadable("the class \"%s\" has to be public, and not abstract", name);
    }
    return () -> make(constructor);
  }

  private static Peripheral make(Constructor<? extends Peripheral> constructor) {
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(failed(constructor, e.getTargetException()), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(failed(constructor, e), e);
    }
  }

  private static String failed(Constructor<?> constructor, Throwable why) {
    return String.format(
        Locale.ROOT, "no model is made of the class %s: %s", constructor.getName(), why);
  }
}
