package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UpstreamsTest {

  private final Upstreams upstreams = new Upstreams();

  @Test
  void of_knownSpec_isTheSameObject() {
    Upstream first = upstreams.of(List.of(TestUpstreams.spec("192.0.2.1", 53))).getFirst();
    List<Upstream> later =
        upstreams.of(
            List.of(TestUpstreams.spec("192.0.2.2", 53), TestUpstreams.spec("192.0.2.1", 53)));
    assertThat(later).hasSize(2);
    assertThat(later.get(1)).isSameAs(first);
  }

  @Test
  void of_otherPortOrTransport_isAnotherObject() {
    UpstreamSpec udp = TestUpstreams.spec("192.0.2.1", 53);
    List<Upstream> all =
        upstreams.of(
            List.of(
                udp, TestUpstreams.spec("192.0.2.1", 54), new UpstreamSpec(udp.address(), true)));
    assertThat(all).doesNotHaveDuplicates();
  }
}
