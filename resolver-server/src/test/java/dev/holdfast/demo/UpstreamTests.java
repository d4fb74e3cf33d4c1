package dev.holdfast.demo;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of a scripted upstream, each with one of its own and a client that asks it. */
abstract class UpstreamTests {

  final Zone zone = UpstreamClient.zone();

  ScriptedUpstream upstream;
  UpstreamClient client;

  @BeforeEach
  void start() throws IOException {
    upstream = ScriptedUpstream.start(zone);
    client = new UpstreamClient(upstream.address());
  }

  @AfterEach
  void stop() {
    client.close();
    upstream.close();
  }
}
