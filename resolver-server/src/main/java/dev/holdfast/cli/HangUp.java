package dev.holdfast.cli;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which service managers tell a server to reload. Java has signals only in a class that
 * its compiler warns of, hence the reflection. Thread-safe.
 */
final class HangUp {

  private static final Logger logger = LoggerFactory.getLogger(HangUp.class);

  private HangUp() {}

  /** Runs {@code action}, on a thread of its own, each time the signal comes. */
  static void handle(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              HangUp.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                action.run();
                return null;
              });
      Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handlerType).invoke(null, hangUp, handler);
    } catch (ReflectiveOperationException e) {
      logger.warn("SIGHUP does not reload on this machine: {}", e.toString());
    }
  }
}
