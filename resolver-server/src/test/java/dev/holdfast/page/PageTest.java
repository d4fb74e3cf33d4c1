package dev.holdfast.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.Holdfast;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.DemoUpstreams;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of a running server in real Chromium: what it shows and does, well and in an outage. */
class PageTest {

  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Path PICTURES = Path.of("target", "pictures");

  @TempDir Path folder;

  private DemoUpstreams upstreams;
  private Holdfast server;
  private Clients clients;
  private Browser browser;
  private String home;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Files.isExecutable(CHROMIUM), "not installed: chromium (see .ci/run)");
    Files.createDirectories(PICTURES);
    upstreams = DemoUpstreams.start();
    server = Holdfast.start(config(), List.of());
    clients = new Clients(server.addresses().getFirst());
    browser = new Browser(CHROMIUM.toString(), Files.createDirectory(folder.resolve("profile")));
    InetSocketAddress admin = Objects.requireNonNull(server.adminAddress());
    home = "http://" + SocketAddresses.format(admin) + "/";
    browser.window(1280, 1000, /* dark= */ false);
    browser.open(home);
  }

  @AfterEach
  void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (clients != null) {
      clients.close();
    }
    if (server != null) {
      server.close();
    }
    if (upstreams != null) {
      upstreams.close();
    }
  }

  @Test
  void page_whenAllIsWell_saysSoAndAsksNobodyElse() throws Exception {
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
    browser.await("Number(document.querySelector('#figures dd').innerText) > 5");
    browser.await(
        "document.querySelector('#talkers-names li span')?.innerText === 'short.example.org.'");

    assertThat(browser.eval("document.querySelectorAll('#upstreams li[data-state=up]').length"))
        .isEqualTo(2L);
    assertThat(browser.eval("document.querySelectorAll('.u-wrap canvas').length")).isEqualTo(2L);
    assertThat(browser.text("#talkers-clients")).contains("127.0.0.1");
    assertThat(browser.requests).isNotEmpty().allMatch(each -> each.startsWith(home));
    assertThat(browser.problems).isEmpty();
    browser.screenshot(PICTURES.resolve("well.png"));
  }

  @Test
  void page_whenUpstreamsAreSilent_showsWhatIsServedStale() throws Exception {
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
    breakUpstreams("silence");

    browser.await("document.getElementById('verdict').dataset.level === 'bad'");
    browser.await("document.querySelector('#names td[data-state=stale]')");
    assertThat(browser.text("#names")).contains("short.example.org.");
    assertThat(browser.text("#upstreams")).contains("down");
    browser.window(1280, 1000, /* dark= */ true);
    browser.await("document.querySelectorAll('#sources canvas').length === 1");
    browser.screenshot(PICTURES.resolve("silence.png"));
    assertThat(browser.problems).isEmpty();

    upstreams.heal(DemoUpstreams.ALL);
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
  }

  @Test
  void page_whenANameVanishes_showsThatItIsHeldAndExplainsIt() throws Exception {
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
    breakUpstreams("empty");

    browser.await("document.querySelector('#names td[data-state=held]')");
    assertThat(browser.text("#verdict")).contains("vanished");
    browser.eval("document.querySelector('#names button').focus()");
    browser.press("Enter");
    browser.await("document.getElementById('story').open");
    assertThat(browser.text("#story")).contains("short.example.org.").contains("Vanished");
    browser.screenshot(PICTURES.resolve("held.png"));
    assertThat(browser.problems).isEmpty();
  }

  @Test
  void page_withTheKeyboardAlone_explainsAndForgets() throws Exception {
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
    browser.press("/");
    browser.type("short.example.org");
    browser.press("Enter");
    browser.await("document.getElementById('story').open");
    assertThat(browser.text("#story")).contains("Known since");

    browser.press("Escape");
    browser.await("!document.getElementById('story').open");
    browser.eval("document.querySelector('[data-flush=all]').focus()");
    browser.press("Enter");
    browser.await("document.getElementById('confirm').open");
    browser.press("Enter");
    browser.await("!document.getElementById('confirm').open");
    assertThat(browser.eval("document.getElementById('said').hidden")).isEqualTo(true);

    browser.press("Enter");
    browser.await("document.getElementById('confirm').open");
    browser.press("Tab");
    browser.press("Enter");
    browser.await("document.getElementById('said').innerText.startsWith('Forgotten: ')");
    assertThat(browser.problems).isEmpty();
  }

  @Attack(Threat.INJECTION)
  @Test
  void page_namesThatAreMarkup_areShownAsText() throws Exception {
    String markup = "<img src=/hit onerror=hit=1><script>hit=1</script>";
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
    clients.ask(markup.replace(".", "\\.") + ".example.org.", 200);
    browser.await("document.getElementById('talkers-names').innerText.includes('060script')");

    browser.press("/");
    browser.type(markup);
    browser.press("Enter");
    browser.await(
        "!document.getElementById('said').hidden || document.getElementById('story').open");

    assertThat(browser.eval("document.querySelectorAll('[onerror], main script').length"))
        .isEqualTo(0L);
    assertThat(browser.eval("typeof hit")).isEqualTo("undefined");
    assertThat(browser.requests).noneMatch(each -> each.endsWith("/hit"));
  }

  @Test
  void page_onAPhone_fitsItsWidth() throws Exception {
    browser.window(390, 844, /* dark= */ true);
    browser.await("document.getElementById('verdict').dataset.level === 'good'");
    breakUpstreams("silence");
    browser.await("document.querySelector('#names td[data-state=stale]')");

    assertThat(browser.eval("document.documentElement.scrollWidth")).isEqualTo(390L);
    browser.screenshot(PICTURES.resolve("phone.png"));
  }

  private void breakUpstreams(String kind) {
    upstreams.breakWith(DemoUpstreams.ALL, Objects.requireNonNull(Breakage.named(kind)));
  }

  private HoldfastConfig config() throws Exception {
    String asked =
        upstreams.addresses().stream()
            .map(SocketAddresses::format)
            .collect(Collectors.joining(",", "[", "]"));
    List<OptionSetting> options = new ArrayList<>();
    for (String setting :
        List.of(
            "listen=127.0.0.1:0",
            "admin.listen=127.0.0.1:0",
            "state-dir=" + folder.resolve("state"),
            "upstreams=" + asked,
            "hold.min-history=0s",
            "hold.min-refreshes=0",
            "hold.zones={example.org: enforce}")) {
      options.add(OptionSetting.set(setting));
    }
    return new ConfigReader(Machine.local()).read(null, options);
  }
}
