package dev.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.wire.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

class CacheBrowserTest {

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 1);
  private final CacheBrowser browser = new CacheBrowser(resolver.resolvers(), resolver.wallClock());

  private void learn(String... names) {
    resolver.upstreams(Rules.records(Type.A, 60, "192.0.2.80"));
    for (String name : names) {
      resolver.ask(name, Type.A);
    }
  }

  @Test
  void page_suffix_showsItAndWhatIsBelowFromTheRootOn() {
    learn("b.example.org.", "www.a.example.org.", "example.org.", "a.example.org.", "example.com.");

    CachePage page = browser.page(Names.parse("example.org."), 10, null);

    assertThat(page.matching()).isEqualTo(4);
    assertThat(page.answers())
        .extracting(CachePage.CachedAnswer::name)
        .containsExactly("example.org.", "a.example.org.", "www.a.example.org.", "b.example.org.");
    assertThat(page.next()).isNull();
    CachePage.CachedAnswer first = page.answers().getFirst();
    assertThat(first.state()).isEqualTo(CachePage.State.FRESH);
    assertThat(first.learnt()).isEqualTo(FastResolver.BEGIN);
    assertThat(first.expires()).isEqualTo(FastResolver.BEGIN.plusSeconds(60));
    assertThat(first.records()).hasSize(1).first().asString().contains("192.0.2.80");
  }

  @Test
  void page_afterPage_showsEveryAnswerOnce() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      names.add("n%02d.example.org.".formatted(i));
    }
    learn(names.toArray(String[]::new));

    List<String> shown = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    CacheKey after = null;
    do {
      CachePage page = page(after);
      page.answers().forEach(each -> shown.add(each.name()));
      sizes.add(page.answers().size());
      after = page.next();
    } while (after != null);

    assertThat(shown).isEqualTo(names);
    assertThat(sizes).containsExactly(10, 10, 5);
  }

  private CachePage page(@Nullable CacheKey after) {
    return browser.page(Names.parse("."), 10, after);
  }

  @Test
  void page_timePasses_tellsWhatAnswersAreGoodFor() {
    learn("www.example.org.", "gone.example.org.");
    resolver.pass(Duration.ofSeconds(61));
    resolver.upstreams(Rules.empty());
    resolver.ask("gone.example.org.", Type.A);

    assertThat(browser.page(Names.parse("."), 10, null).answers())
        .extracting(CachePage.CachedAnswer::state)
        .containsExactly(CachePage.State.HELD, CachePage.State.STALE);
    resolver.pass(Duration.ofDays(2));
    assertThat(browser.page(Names.parse("."), 10, null).answers())
        .last()
        .extracting(CachePage.CachedAnswer::state)
        .isEqualTo(CachePage.State.EXPIRED);
  }
}
