package io.defragsim.command;

import io.defragsim.console.Session;
import java.lang.reflect.Constructor;
import picocli.CommandLine;

/** Makes commands and options, and gives the session to those that ask for it. */
record SessionFactory(Session session) implements CommandLine.IFactory {

  @Override
  public <T> T create(Class<T> type) throws Exception {
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (constructor.getParameterCount() == 1
          && constructor.getParameterTypes()[0] == Session.class) {
        constructor.setAccessible(true);
        return type.cast(constructor.newInstance(session));
      }
    }
    return CommandLine.defaultFactory().create(type);
  }
}
