package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.StartException;
import dev.holdfast.metrics.Counter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/** Servers behind one address know each other's cookies, those of other makers too. */
class SharedCookiesTest {

  private static final String SECRET = "000102030405060708090a0b0c0d0e0f";
  private static final String OTHER = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
  private static final int COOKIE = EDNSOption.Code.COOKIE;
  private static final int OPTION_HEADER_LENGTH = 4;
  private static final int[] CLIENT = {1, 2, 3, 4, 5, 6, 7, 8};

  @TempDir Path folder;

  private Path file;

  @BeforeEach
  void writeSecret() throws Exception {
    file = Files.writeString(folder.resolve("secrets"), SECRET);
  }

  @Test
  void ask_withTheCookieOfAnother_isKnown() throws Exception {
    try (TestServer first = server("first");
        TestServer second = server("second")) {
      int[] cookie = cookie(first.address(), CLIENT);

      assertThat(cookie(second.address(), cookie)).isEqualTo(cookie);
      assertThat(second.count(Counter.COOKIES_VALID)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"NSD", "BIND"})
  void ask_withTheCookieOfAnotherMaker_isKnown(NameServer.Kind kind) throws Exception {
    InetSocketAddress address = NameServer.freeAddress();
    try (var _ = NameServer.start(folder, kind, NameServer.Cookies.ANSWERED, SECRET, address);
        TestServer server = server("state")) {
      int[] cookie = cookie(address, CLIENT);

      assertThat(cookie(server.address(), cookie)).isEqualTo(cookie);
      assertThat(server.count(Counter.COOKIES_VALID)).isEqualTo(1);
    }
  }

  @Test
  void ask_bindThatDemandsOne_knowsOurs() throws Exception {
    InetSocketAddress address = NameServer.freeAddress();
    try (var _ =
            NameServer.start(
                folder, NameServer.Kind.BIND, NameServer.Cookies.REQUIRED, SECRET, address);
        TestServer server = server("state")) {
      assertThat(ask(address, CLIENT).getRcode()).isEqualTo(Rcode.BADCOOKIE);
      assertThat(ask(address, cookie(server.address(), CLIENT)).getRcode())
          .isEqualTo(Rcode.NOERROR);
    }
  }

  @Test
  void reload_fileChanged_usesTheNewSecretsUnlessTheyAreBroken() throws Exception {
    try (TestServer server = server("state")) {
      int[] cookie = cookie(server.address(), CLIENT);
      Files.writeString(file, OTHER + "\n" + SECRET);
      assertThat(server.reload().problems()).isEmpty();
      int[] renewed = cookie(server.address(), cookie);
      assertThat(renewed).isNotEqualTo(cookie);
      assertThat(server.count(Counter.COOKIES_VALID)).isEqualTo(1);

      Files.writeString(file, "no secret");
      assertThat(server.reload().problems())
          .singleElement()
          .asString()
          .contains("secrets:1: 9 characters");
      assertThat(cookie(server.address(), renewed)).isEqualTo(renewed);
    }
  }

  @Test
  void start_withoutTheFile_saysHowToMakeIt() throws Exception {
    Files.delete(file);

    assertThatThrownBy(() -> server("state").close())
        .isInstanceOf(StartException.class)
        .hasMessageContaining("is not there; make one with: od ");
  }

  private TestServer server(String state) throws Exception {
    return TestServer.reloadable(
        folder.resolve(state),
        () -> new String[] {"upstreams=192.0.2.1", "cookies.secret-file=" + file});
  }

  private static Message ask(InetSocketAddress server, int[] cookie) throws Exception {
    try (Stub stub = new Stub(server)) {
      byte[] query =
          QueryBytes.of("h1.example.org", Type.A)
              .flags(0) // which asks no upstream
              .edns(1232)
              .option(COOKIE, cookie)
              .build();
      return new Message(stub.ask(/* stream= */ false, query));
    }
  }

  /** Returns the cookie that a server gives to whom shows it {@code cookie}. */
  private static int[] cookie(InetSocketAddress server, int[] cookie) throws Exception {
    byte[] option = ask(server, cookie).getOPT().getOptions(COOKIE).getFirst().toWire();
    int[] bytes = new int[option.length - OPTION_HEADER_LENGTH];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = option[i + OPTION_HEADER_LENGTH] & 0xff;
    }
    return bytes;
  }
}
