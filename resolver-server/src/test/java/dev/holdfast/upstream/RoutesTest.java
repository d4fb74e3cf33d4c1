package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.wire.Names;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutesTest {

  private final Route root = route(0, ".");
  private final Route corp = route(1, "corp.example");
  private final Route lab = route(2, "Lab.Corp.example");
  private final Route reverse = route(3, "10.in-addr.arpa");
  private final Routes routes = new Routes(List.of(corp, root, lab, reverse));

  @Test
  void match_rootOnly_takesEverything() {
    Routes only = new Routes(List.of(root));
    assertThat(match(only, ".")).isSameAs(root);
    assertThat(match(only, "www.corp.example")).isSameAs(root);
  }

  @Test
  void match_suffixItselfOrBelow_takesLongest() {
    assertThat(match(routes, "corp.example")).isSameAs(corp);
    assertThat(match(routes, "a.b.corp.example")).isSameAs(corp);
    assertThat(match(routes, "lab.corp.example")).isSameAs(lab);
    assertThat(match(routes, "x.lab.corp.example")).isSameAs(lab);
    assertThat(match(routes, "1.2.3.10.in-addr.arpa")).isSameAs(reverse);
  }

  @Test
  void match_otherNames_takesRoot() {
    assertThat(match(routes, ".")).isSameAs(root);
    assertThat(match(routes, "example")).isSameAs(root);
    assertThat(match(routes, "corp.example.org")).isSameAs(root);
    assertThat(match(routes, "110.in-addr.arpa")).isSameAs(root);
  }

  @Test
  void match_suffixWithoutLabelBoundary_takesRoot() {
    assertThat(match(routes, "notcorp.example")).isSameAs(root);
    byte[] bytesOfSuffixInsideLabel = Names.parse("a\\004corp\\007example.org");
    assertThat(routes.match(bytesOfSuffixInsideLabel, 0, bytesOfSuffixInsideLabel.length))
        .isSameAs(root);
  }

  @Test
  void match_mixedCase_isFolded() {
    assertThat(match(routes, "WwW.LaB.cOrP.ExAmPlE")).isSameAs(lab);
  }

  @Test
  void match_nameInsideMessage_readsAtOffset() {
    byte[] name = Names.parse("www.corp.example");
    byte[] message = new byte[100];
    System.arraycopy(name, 0, message, 12, name.length);
    assertThat(routes.match(message, 12, name.length)).isSameAs(corp);
  }

  @Test
  void constructor_noRootOrTwins_isRefused() {
    assertThatThrownBy(() -> new Routes(List.of(corp)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("routes: none for the root");
    assertThatThrownBy(() -> new Routes(List.of(root, corp, route(4, "CORP.example"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("corp.example.");
    assertThatThrownBy(() -> new Routes(List.of(root, route(4, "."))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void route_badSuffixOrUpstreamCount_isRefused() {
    assertThatThrownBy(() -> new Route(1, new byte[] {1, 'a'}, List.of(TestUpstreams.upstream(1))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Route(1, new byte[1], List.of()))
        .hasMessage("upstreams of .: 0 (expected 1..32)");
    assertThatThrownBy(
            () -> new Route(1, new byte[1], Collections.nCopies(33, TestUpstreams.upstream(1))))
        .hasMessage("upstreams of .: 33 (expected 1..32)");
  }

  private static Route match(Routes routes, String name) {
    byte[] wire = Names.parse(name);
    return routes.match(wire, 0, wire.length);
  }

  private static Route route(int id, String suffix) {
    return new Route(id, Names.parse(suffix), List.of(TestUpstreams.upstream(id + 1)));
  }
}
