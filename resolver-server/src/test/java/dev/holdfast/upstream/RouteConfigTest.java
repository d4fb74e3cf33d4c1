package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RouteConfigTest {

  @Test
  void constructor_suffix_takesItsNormalForm() {
    RouteConfig route = new RouteConfig("Corp.Example", List.of(UpstreamSpec.parse("192.0.2.53")));

    assertThat(route.suffix()).isEqualTo("corp.example.");
  }

  @Test
  void constructor_noUpstream_refuses() {
    assertThatThrownBy(() -> new RouteConfig("corp.example", List.of()))
        .hasMessageContaining("expected at least one upstream");
  }

  @Test
  void constructor_emptyLabel_refuses() {
    assertThatThrownBy(
            () -> new RouteConfig("corp..example", List.of(UpstreamSpec.parse("192.0.2.53"))))
        .hasMessageContaining("label");
  }
}
