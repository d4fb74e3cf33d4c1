package dev.holdfast.listener;

import dev.holdfast.datagram.DatagramKind;

class ChannelUdpListenerTest extends UdpListenerContract {

  ChannelUdpListenerTest() {
    super(DatagramKind.CHANNEL);
  }
}
