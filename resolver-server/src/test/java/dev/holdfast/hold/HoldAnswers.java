package dev.holdfast.hold;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.Section;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Questions and answers about one name. */
final class HoldAnswers {

  static final String NAME = "www.example.org.";
  static final int TTL_SECONDS = 300;

  private HoldAnswers() {}

  static HoldConfig config(HoldMode mode, HoldConfig.Zone... zones) {
    return new HoldConfig(mode, Duration.ofHours(24), 3, Duration.ofHours(6), List.of(zones));
  }

  static CacheKey key(int type) {
    return key(NAME, type, /* dnssecOk= */ false);
  }

  static CacheKey key(String name, int type, boolean dnssecOk) {
    return CacheKey.of(0, Names.parse(name), type, dnssecOk, /* checkingDisabled= */ false);
  }

  static Answer addresses(String... ipv4) {
    return addresses(TTL_SECONDS, ipv4);
  }

  static Answer addresses(int ttlSeconds, String... ipv4) {
    AnswerBuilder builder = begin();
    for (String address : ipv4) {
      builder.record(
          Section.ANSWER,
          Names.parse(NAME),
          RecordType.A,
          RecordClass.IN,
          ttlSeconds,
          InetAddress.ofLiteral(address).getAddress());
    }
    return builder.build(Rcode.NOERROR, /* authenticData= */ true);
  }

  static Answer nodata() {
    return begin().build(Rcode.NOERROR, /* authenticData= */ false);
  }

  static Answer nxdomain() {
    return begin().build(Rcode.NXDOMAIN, /* authenticData= */ false);
  }

  /** The absence with an extended error of its sender's. */
  static Answer nodata(int infoCode) {
    return nodata().held(TTL_SECONDS, ExtendedError.option(infoCode, "by policy"));
  }

  private static AnswerBuilder begin() {
    byte[] name = Names.parse(NAME);
    byte[] question = Arrays.copyOf(name, name.length + 4);
    Header.putUint16(question, name.length, RecordType.A);
    Header.putUint16(question, name.length + 2, RecordClass.IN);
    return new AnswerBuilder().begin(question, 0, question.length);
  }
}
