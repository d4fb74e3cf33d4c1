package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.store.HistoryCodec;
import dev.holdfast.store.QuestionKeys;
import dev.holdfast.store.RouteNames;
import dev.holdfast.store.Table;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Histories that come back after the first questions. */
class KeeperTest {

  private static final CacheKey WWW =
      CacheKey.of(0, Names.parse("www.example.org"), RecordType.A, false, false);

  @TempDir private Path stateDir;

  private Resolvers resolvers;
  private Keeper keeper;

  @BeforeEach
  void open() throws Exception {
    HoldfastConfig config =
        new ConfigReader(Machine.local())
            .read(
                null,
                Stream.of("upstreams=192.0.2.53", "state-dir=" + stateDir)
                    .map(OptionSetting::set)
                    .toList());
    Upstream upstream = new Upstream(UpstreamSpec.parse("192.0.2.53"));
    resolvers =
        new Resolvers(
            config.resolving(),
            1,
            new Routes(List.of(new Route(0, Names.parse("."), List.of(upstream)))),
            System::nanoTime,
            InstantSource.system(),
            new OwnSockets());
    keeper = Keeper.open(config, resolvers);
  }

  @AfterEach
  void close() {
    keeper.close();
  }

  @Test
  void value_historyOfWhatWasDeniedSinceTheStart_forgetsTheDenial() {
    resolvers.cache().put(WWW, denial(System.nanoTime()));

    recall(history());

    assertThat(resolvers.cache().lookup(WWW)).isNull();
    assertThat(resolvers.holds().histories().find(WWW)).isNotNull();
  }

  @Test
  void value_historyOfWhatWasDeniedBeforeTheStart_leavesTheDenial() {
    resolvers.cache().put(WWW, denial(System.nanoTime() - Duration.ofMinutes(1).toNanos()));

    recall(history());

    assertThat(resolvers.cache().lookup(WWW)).isNotNull();
  }

  @Test
  void value_historyOfWhatWasJudgedSinceTheStart_leavesTheDenial() {
    resolvers.holds().histories().answered(WWW, answer(Rcode.NOERROR), false, System.nanoTime());
    resolvers.cache().put(WWW, denial(System.nanoTime()));

    recall(history());

    assertThat(resolvers.cache().lookup(WWW)).isNotNull();
  }

  private void recall(History history) {
    byte[] key = Objects.requireNonNull(new QuestionKeys(RouteNames.ROOT_ONLY).key(WWW));
    byte[] value = HistoryCodec.encode(history, System.currentTimeMillis(), System.nanoTime());
    keeper.value(Table.HISTORIES, key, value);
  }

  private static History history() {
    long seenNanos = System.nanoTime() - Duration.ofDays(1).toNanos();
    return new History(
        seenNanos,
        seenNanos,
        3,
        List.of(answer(Rcode.NOERROR)),
        0,
        /* vanished= */ false,
        /* released= */ false);
  }

  private static CacheEntry denial(long atNanos) {
    return new CacheEntry(answer(Rcode.NXDOMAIN), ReplyKind.NXDOMAIN, 60, 0, atNanos);
  }

  private static Answer answer(int rcode) {
    byte[] question = WWW.question();
    return new AnswerBuilder()
        .begin(question, 0, question.length)
        .build(rcode, /* authenticData= */ false);
  }
}
