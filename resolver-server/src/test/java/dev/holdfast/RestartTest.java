package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.xbill.DNS.ExtendedErrorCodeOption.STALE_ANSWER;

import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** What a server learnt is there after a restart in the middle of an outage. */
class RestartTest {

  @TempDir private Path stateDir;

  private final Zone zone =
      new Zone()
          .apex("example.org", 300)
          .set("www.example.org", "A", 300, "192.0.2.1")
          .set("api.example.org", "A", 1, "192.0.2.2");

  @Test
  void start_upstreamSilentSinceTheStop_answersWhatWasLearnt() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(zone)) {
      try (Holdfast first = start(upstream)) {
        assertThat(address(ask(first, "www.example.org"))).isEqualTo("192.0.2.1");
      }
      upstream.breakWith(Breakage.SILENCE);
      try (Holdfast second = start(upstream)) {
        assertThat(address(askUntilKnown(second, "www.example.org"))).isEqualTo("192.0.2.1");
      }
    }
  }

  @Test
  void start_nameVanishedMeanwhile_holdsItByItsHistory() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(zone)) {
      try (Holdfast first = start(upstream)) {
        assertThat(address(ask(first, "api.example.org"))).isEqualTo("192.0.2.2");
      }
      upstream.breakWith(Breakage.EMPTY);
      try (Holdfast second = start(upstream)) {
        // Its answer is all there is of a name that was asked for once: a denial before is
        // believed.
        Await.until("its answer", () -> second.count(Counter.JOURNAL_LOADED) > 0);
        Message held =
            Await.matching(
                "a held answer",
                response -> errorText(response).startsWith("held"),
                () -> ask(second, "api.example.org"));
        assertThat(address(held)).isEqualTo("192.0.2.2");
        assertThat(errorText(held)).startsWith("held: vanished at ");
      }
    }
  }

  @Test
  void start_whileAnotherKeepsTheJournal_takesItOverWithWhatBothLearnt() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(zone)) {
      Holdfast first = start(upstream);
      try (Holdfast second = start(upstream)) {
        ask(first, "www.example.org");
        ask(second, "api.example.org");
        first.close();
        upstream.breakWith(Breakage.SILENCE);
        assertThat(address(askUntilKnown(second, "www.example.org"))).isEqualTo("192.0.2.1");
        Await.until("a change written", () -> second.count(Counter.JOURNAL_WRITTEN) > 0);
      }
      try (Holdfast third = start(upstream)) {
        assertThat(address(askUntilKnown(third, "www.example.org"))).isEqualTo("192.0.2.1");
        assertThat(address(askUntilKnown(third, "api.example.org"))).isEqualTo("192.0.2.2");
      }
    }
  }

  private Holdfast start(ScriptedUpstream upstream) throws Exception {
    HoldfastConfig config =
        new ConfigReader(Machine.local())
            .read(
                null,
                Stream.of(
                        "listen=127.0.0.1:0",
                        "threads=1",
                        "upstreams=127.0.0.1:" + upstream.address().getPort(),
                        "state-dir=" + stateDir,
                        "admin.listen=off",
                        "hold.default=enforce",
                        "hold.min-history=0s",
                        "hold.min-refreshes=0",
                        "stale.client-timeout=200ms")
                    .map(OptionSetting::set)
                    .toList());
    return Holdfast.start(config, List.of());
  }

  /** Answers are loaded while the server serves: a name may not be known yet at first. */
  private static Message askUntilKnown(Holdfast server, String name) throws Exception {
    Message response =
        Await.matching(
            "an answer",
            each -> !each.getSection(Section.ANSWER).isEmpty(),
            () -> ask(server, name));
    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    return response;
  }

  private static Message ask(Holdfast server, String name) throws Exception {
    return ask(server.addresses().getFirst(), name);
  }

  static Message ask(InetSocketAddress address, String name) throws Exception {
    SimpleResolver client = new SimpleResolver(address);
    client.setEDNS(0, 1232, 0, List.of());
    client.setTimeout(Duration.ofSeconds(10));
    return client.send(
        Message.newQuery(Record.newRecord(Name.fromString(name + "."), Type.A, DClass.IN)));
  }

  static String address(Message response) {
    return response.getSection(Section.ANSWER).getFirst().rdataToString();
  }

  static String errorText(Message response) {
    if (response.getOPT() == null) {
      return "";
    }
    for (EDNSOption option : response.getOPT().getOptions()) {
      if (option instanceof ExtendedErrorCodeOption error
          && error.getErrorCode() == STALE_ANSWER
          && error.getText() != null) {
        return error.getText();
      }
    }
    return "";
  }
}
