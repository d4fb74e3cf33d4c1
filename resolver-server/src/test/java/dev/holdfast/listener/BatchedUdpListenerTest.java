package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramKind;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class BatchedUdpListenerTest extends UdpListenerContract {

  BatchedUdpListenerTest() {
    super(DatagramKind.BATCHED);
  }
}
