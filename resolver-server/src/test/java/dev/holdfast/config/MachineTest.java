package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {

  private static final Path HOME = Path.of("/home/someone");
  private static final Path ABSENT = Path.of("/nonexistent/holdfast");

  @Test
  void defaultStateDir_serviceManagerGivesOne_takesIt(@TempDir Path installed) {
    Map<String, String> environment = Map.of("STATE_DIRECTORY", "/srv/one:/srv/two");

    assertThat(Machine.defaultStateDir(environment, HOME, installed))
        .isEqualTo(Path.of("/srv/one"));
  }

  @Test
  void defaultStateDir_installedAndWritable_takesIt(@TempDir Path installed) {
    assertThat(Machine.defaultStateDir(Map.of(), HOME, installed)).isEqualTo(installed);
  }

  @Test
  void defaultStateDir_notInstalled_takesTheUsersCache() {
    assertThat(Machine.defaultStateDir(Map.of("XDG_CACHE_HOME", "/cache"), HOME, ABSENT))
        .isEqualTo(Path.of("/cache/holdfast"));
    assertThat(Machine.defaultStateDir(Map.of("XDG_CACHE_HOME", "relative"), HOME, ABSENT))
        .isEqualTo(Path.of("/home/someone/.cache/holdfast"));
    assertThat(Machine.defaultStateDir(Map.of(), HOME, ABSENT))
        .isEqualTo(Path.of("/home/someone/.cache/holdfast"));
  }

  @Test
  void hasAddress_thisMachine_knowsItsLoopbackOnly() {
    assertThat(Machine.local().hasAddress(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
    assertThat(Machine.local().hasAddress(InetAddress.ofLiteral("192.0.2.1"))).isFalse();
  }
}
