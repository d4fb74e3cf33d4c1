package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainDatagramSocketAddress;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a service manager hears on a real socket. */
@EnabledOnOs(OS.LINUX)
class ServiceManagerTest {

  private static final int MAX_MESSAGE_LENGTH = 4096;

  @TempDir Path folder;

  @Test
  void ready_toAPath_isHeard() throws Exception {
    try (Manager manager = new Manager(folder.resolve("notify").toString())) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", manager.name)).ready("serving");

      assertThat(manager.heard().lines())
          .containsExactly("READY=1", "MAINPID=" + ProcessHandle.current().pid(), "STATUS=serving");
    }
  }

  @Test
  void stopping_toAnAbstractAddress_isHeard() throws Exception {
    try (Manager manager = new Manager("@holdfast-test-" + ProcessHandle.current().pid())) {
      ServiceManager.of(Map.of("NOTIFY_SOCKET", manager.name)).stopping();

      assertThat(manager.heard()).isEqualTo("STOPPING=1");
    }
  }

  @Test
  void messages_all_areThoseOfTheProtocol() throws Exception {
    try (Manager manager = new Manager(folder.resolve("notify").toString())) {
      ServiceManager service = ServiceManager.of(Map.of("NOTIFY_SOCKET", manager.name));

      service.reloading();
      assertThat(manager.heard()).matches("RELOADING=1\nMONOTONIC_USEC=\\d+");
      service.alive();
      assertThat(manager.heard()).isEqualTo("WATCHDOG=1");
      service.replacedBy(4711);
      assertThat(manager.heard()).isEqualTo("MAINPID=4711");
    }
  }

  @Test
  void watchdogMillis_fromTheEnvironment_isRead() {
    assertThat(watchdogMillis("2000000")).isEqualTo(2000);
    assertThat(watchdogMillis("soon")).isZero();
  }

  @Test
  void messages_nobodyListens_areNoProblem() {
    ServiceManager.of(Map.of()).ready("serving");
    ServiceManager.of(Map.of("NOTIFY_SOCKET", folder.resolve("none").toString())).stopping();
    assertThat(ServiceManager.of(Map.of("NOTIFY_SOCKET", "none")).watchdogMillis()).isZero();
  }

  private long watchdogMillis(String micros) {
    return ServiceManager.of(
            Map.of("NOTIFY_SOCKET", folder.resolve("none").toString(), "WATCHDOG_USEC", micros))
        .watchdogMillis();
  }

  /** The other end. */
  static final class Manager implements AutoCloseable {

    private final String name;
    private final Socket socket;

    Manager(String name) throws IOException {
      Epoll.ensureAvailability(); // loads what the socket needs
      this.name = name;
      this.socket = Socket.newSocketDomainDgram();
      socket.bind(new DomainSocketAddress(name.replace('@', '\0')));
    }

    String name() {
      return name;
    }

    /** Returns the next message; an empty one if there is none yet. */
    String heard() throws IOException {
      ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_MESSAGE_LENGTH);
      DomainDatagramSocketAddress from = socket.recvFromDomainSocket(buffer, 0, MAX_MESSAGE_LENGTH);
      if (from == null) {
        return "";
      }
      byte[] bytes = new byte[from.receivedAmount()];
      buffer.get(0, bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
