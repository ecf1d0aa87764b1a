package dev.coffer.verification.fuzz;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/**
 * Calls what a module keeps to itself, by name. Tests run on the class path, so nothing but the
 * language stands in the way; a name that is gone fails at once.
 */
final class Doors {
  private Doors() {}

  /** A method found once, called often. */
  record Door(Method method) {
    Object call(Object target, Object... arguments) throws Exception {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        switch (e.getCause()) {
          case Error broken -> throw broken;
          case Exception thrown -> throw thrown;
          default -> throw e;
        }
      }
    }
  }

  /** The method of {@code type}, named below {@code dev.coffer}, that takes these. */
  static Door door(String type, String name, Class<?>... parameters) {
    try {
      return door(Class.forName("dev.coffer." + type), name, parameters);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static Door door(Class<?> type, String name, Class<?>... parameters) {
    try {
      Method method = type.getDeclaredMethod(name, parameters);
      method.setAccessible(true);
      return new Door(method);
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type + "." + name + Arrays.toString(parameters), e);
    }
  }
}
