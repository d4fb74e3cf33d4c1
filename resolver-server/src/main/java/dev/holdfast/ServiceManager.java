package dev.holdfast;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whoever started this process and wants to know how it is: systemd, by sd_notify(3) messages to
 * the socket that the environment names. Without one, nothing is said. Thread-safe.
 */
final class ServiceManager {

  private static final Logger logger = LoggerFactory.getLogger(ServiceManager.class);
  private static final String SOCKET = "NOTIFY_SOCKET";
  private static final String WATCHDOG = "WATCHDOG_USEC";

  private final byte @Nullable [] path;
  private final long watchdogMillis;

  private ServiceManager(byte @Nullable [] path, long watchdogMillis) {
    this.path = path;
    this.watchdogMillis = watchdogMillis;
  }

  /** Nobody. */
  static ServiceManager none() {
    return new ServiceManager(null, 0);
  }

  /** Returns whom the environment names, or nobody. */
  static ServiceManager of(Map<String, String> environment) {
    String socket = environment.get(SOCKET);
    if (socket == null || !(socket.startsWith("/") || socket.startsWith("@"))) {
      return none();
    }
    if (!Epoll.isAvailable()) {
      logger.warn("{} is set, but this machine's sockets cannot be used for it", SOCKET);
      return none();
    }
    byte[] path = socket.getBytes(StandardCharsets.UTF_8);
    if (path[0] == '@') {
      path[0] = 0; // an abstract address (unix(7))
    }
    return new ServiceManager(path, watchdogMillis(environment.get(WATCHDOG)));
  }

  private static long watchdogMillis(@Nullable String micros) {
    return micros != null && micros.matches("\\d{1,18}")
        ? TimeUnit.MICROSECONDS.toMillis(Long.parseLong(micros))
        : 0;
  }

  /** The longest time between two {@link #alive}; 0 if nobody waits for any. */
  long watchdogMillis() {
    return watchdogMillis;
  }

  /** This process serves. */
  void ready(String status) {
    notify("READY=1\nMAINPID=" + ProcessHandle.current().pid() + "\nSTATUS=" + status);
  }

  /** It reads its configuration anew; {@link #ready} follows. */
  void reloading() {
    long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime()); // CLOCK_MONOTONIC on Linux
    notify("RELOADING=1\nMONOTONIC_USEC=" + micros);
  }

  /** It ends. */
  void stopping() {
    notify("STOPPING=1");
  }

  /** Another process goes on where this one ends. */
  void replacedBy(long pid) {
    if (pid > 0) { // it is in sight
      notify("MAINPID=" + pid);
    }
  }

  /** It has just answered a query. */
  void alive() {
    notify("WATCHDOG=1");
  }

  private void notify(String message) {
    if (path == null) {
      return;
    }
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
    try {
      Socket socket = Socket.newSocketDomainDgram();
      try {
        socket.sendToDomainSocket(buffer, 0, bytes.length, path);
      } finally {
        socket.close();
      }
    } catch (IOException e) {
      logger.warn("the service manager does not hear: {}", e.toString());
    }
  }
}
