package dev.holdfast.hold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HoldRulesTest {

  private static final HoldRules RULES =
      new HoldRules(
          HoldAnswers.config(
              HoldMode.OBSERVE,
              new HoldConfig.Zone("org", HoldMode.OFF),
              new HoldConfig.Zone("Example.ORG", HoldMode.ENFORCE),
              new HoldConfig.Zone("staging.example.org", HoldMode.OFF),
              new HoldConfig.Zone("api.staging.example.org", HoldMode.ENFORCE)));

  @Test
  void mode_nestedSuffixes_longestWins() {
    assertThat(mode("example.net")).isEqualTo(HoldMode.OBSERVE);
    assertThat(mode("org")).isEqualTo(HoldMode.OFF);
    assertThat(mode("other.org")).isEqualTo(HoldMode.OFF);
    assertThat(mode("example.org")).isEqualTo(HoldMode.ENFORCE);
    assertThat(mode("www.example.org")).isEqualTo(HoldMode.ENFORCE);
    assertThat(mode("www.staging.example.org")).isEqualTo(HoldMode.OFF);
    assertThat(mode("api.staging.example.org")).isEqualTo(HoldMode.ENFORCE);
    assertThat(mode("v1.api.staging.example.org")).isEqualTo(HoldMode.ENFORCE);
  }

  @Test
  void mode_suffixInsideALabel_doesNotCount() {
    assertThat(mode("badexample.org")).isEqualTo(HoldMode.OFF);
    assertThat(mode("www.prestaging.example.org")).isEqualTo(HoldMode.ENFORCE);
  }

  @Test
  void mode_rootZone_coversEverythingElse() {
    HoldRules rules =
        new HoldRules(
            HoldAnswers.config(
                HoldMode.OFF,
                new HoldConfig.Zone(".", HoldMode.ENFORCE),
                new HoldConfig.Zone("example.net", HoldMode.OBSERVE)));

    assertThat(rules.mode(Names.parse("www.example.org"))).isEqualTo(HoldMode.ENFORCE);
    assertThat(rules.mode(Names.parse("www.example.net"))).isEqualTo(HoldMode.OBSERVE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.2.0.192.in-addr.arpa",
        "1.0.0.0.ip6.arpa",
        "_acme-challenge.www.example.org",
        "_acme-challenge.example.org",
        "web.default.svc.cluster.local",
        "db.service.consul",
        "2.0.0.127.zen.spamhaus.org",
        "example.org.multi.surbl.org",
        "2.0.0.127.list.example.org",
        "255.100.51.198.example.net"
      })
  void isDisputable_namesThatComeAndGo_isFalse(String name) {
    assertThat(HoldRules.isDisputable(Names.parse(name))).isFalse();
  }

  @Test
  void isDisputable_listedIpv6Address_isFalse() {
    String nibbles = "f.e.d.c." + "0.".repeat(20) + "8.b.d.0.1.0.0.2.";

    assertThat(HoldRules.isDisputable(Names.parse(nibbles + "list.example.org"))).isFalse();
    assertThat(HoldRules.isDisputable(Names.parse(nibbles.substring(2) + "example.org"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "org",
        "www.example.org",
        "acme-challenge.example.org",
        "www._acme-challenge.example.org",
        "_acme-challenges.example.org",
        "cluster.local.example.org",
        "notarpa",
        "0.0.127.example.org",
        "1000.0.0.127.example.org",
        "ec2-192-0-2-1.example.org",
        "a.b.c.d.example.org"
      })
  void isDisputable_otherNames_isTrue(String name) {
    assertThat(HoldRules.isDisputable(Names.parse(name))).isTrue();
  }

  @Test
  void keepsHistory_typesThatServicesAreFoundBy_only() {
    List<Integer> kept =
        List.of(
            RecordType.A,
            RecordType.AAAA,
            RecordType.CNAME,
            RecordType.HTTPS,
            RecordType.SVCB,
            RecordType.SRV);

    for (int type = 0; type < 1 << 16; type++) {
      assertThat(HoldRules.keepsHistory(type)).as("type %d", type).isEqualTo(kept.contains(type));
    }
  }

  private static HoldMode mode(String name) {
    return RULES.mode(Names.parse(name));
  }
}
