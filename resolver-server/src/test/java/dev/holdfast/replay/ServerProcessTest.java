package dev.holdfast.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class ServerProcessTest {

  @TempDir Path folder;

  @Test
  void start_command_runsWithPlaceholdersReplaced() throws IOException {
    CommandServer starter =
        new CommandServer("any", "sh -c 'echo {port} {upstream1} {port2} > {dir}/words; sleep 60'");
    try (ServerUnderTest server = starter.start(settings())) {
      String expected = server.address().getPort() + " 127.0.0.1:1001 1002\n";
      Await.until("the words", () -> content("words").equals(expected));
    }
  }

  @Test
  void close_processThatIgnoresBeingToldTo_isGone() throws IOException {
    CommandServer starter =
        new CommandServer(
            "any", "sh -c 'trap \"\" TERM; echo $$ > {dir}/pid; while :; do sleep 1; done'");
    try (ServerUnderTest _ = starter.start(settings())) {
      Await.until("a process", () -> !content("pid").isBlank());
    }
    assertThat(isAlive(content("pid"))).isFalse();
  }

  @Test
  void restart_killsAndStartsAtTheSameAddress() throws IOException {
    CommandServer starter = new CommandServer("any", "sh -c 'echo $$ >> {dir}/pids; sleep 60'");
    try (ServerUnderTest server = starter.start(settings())) {
      Await.until("the first process", () -> content("pids").lines().count() == 1);
      InetSocketAddress address = server.address();

      server.restart();

      Await.until("the second process", () -> content("pids").lines().count() == 2);
      assertThat(server.address()).isEqualTo(address);
      assertThat(isAlive(content("pids").lines().findFirst().orElseThrow())).isFalse();
    }
  }

  @Test
  void peers_all_haveAConfigurationWithoutPlaceholdersLeft() {
    InetSocketAddress listen = at(1000);
    for (Peer peer : Peer.values()) {
      String text = CommandServer.fill(peer.configuration(), settings(), listen);
      assertThat(text).as(peer.label()).contains("1000", "1001", "1002");
      assertThat(text).as(peer.label()).doesNotContainPattern("\\{(port|dir|upstream)\\d?}");
      assertThat(Peer.named(peer.label())).isEqualTo(peer);
    }
    assertThat(Peer.labels().split(", ")).hasSameSizeAs(List.of(Peer.values()));
  }

  private ServerUnderTest.Settings settings() {
    return new ServerUnderTest.Settings(at(1001), at(1002), folder, null, /* restarts= */ true);
  }

  private static InetSocketAddress at(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private static boolean isAlive(String pid) {
    return ProcessHandle.of(Long.parseLong(pid.strip())).map(ProcessHandle::isAlive).orElse(false);
  }

  private String content(String file) {
    try {
      return Files.exists(folder.resolve(file)) ? Files.readString(folder.resolve(file)) : "";
    } catch (IOException unreadable) {
      return "";
    }
  }
}
