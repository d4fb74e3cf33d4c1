package dev.holdfast.upstream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of an exchange, each over every network and with a fixture of its own. */
@ParameterizedClass
@EnumSource(Network.class)
abstract class ExchangeTests {

  static final String NAME = "www.example.org";

  @SuppressWarnings("NullAway.Init") // given by the runner
  @Parameter
  Network network;

  ExchangeFixture fixture;

  @BeforeEach
  void start() {
    fixture = new ExchangeFixture(network);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }
}
