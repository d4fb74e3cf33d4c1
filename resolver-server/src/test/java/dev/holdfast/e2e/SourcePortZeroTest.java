package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Main;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A raw socket sends queries that cannot be answered, because they come from port 0. */
@EnabledOnOs(OS.LINUX)
class SourcePortZeroTest {

  @TempDir Path folder;

  @Attack(value = Threat.REFLECTION_LOOP, kind = TestKind.NAMESPACE)
  @ParameterizedTest
  @EnumSource
  void datagrams_fromPortZero_areCountedAndOthersAnswered(DatagramKind kind) throws Exception {
    try (Namespace machine = Namespace.open(folder, "nameserver 127.0.0.1\n")) {
      List<String> options =
          List.of(
              "run",
              "--listen=127.0.0.1:53",
              "--upstream=" + SpoofingField.UPSTREAM,
              "--state-dir=" + folder.resolve("state"));
      List<String> command = new ArrayList<>(Tools.java(Main.class, options));
      command.add(1, "-Ddev.holdfast.datagram=" + kind.name().toLowerCase(Locale.ROOT));
      ChildProcess holdfast = machine.start(command);
      holdfast.awaitOutput(Pattern.compile("listening on 127.0.0.1:53 "));
      ChildProcess.Ended ended = machine.run(Tools.java(PortZeroField.class, List.of()));

      assertThat(ended.out()).as(ended.err()).contains("done");
    }
  }
}
