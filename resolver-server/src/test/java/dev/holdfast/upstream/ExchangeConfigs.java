package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeConfig.DEFAULTS;

import java.time.Duration;
import java.util.function.Consumer;

/** The defaults of an exchange, but for what a test is about. */
final class ExchangeConfigs {

  private int sockets = DEFAULTS.sockets();
  private int minQueries = DEFAULTS.minQueriesPerSocket();
  private int maxQueries = DEFAULTS.maxQueriesPerSocket();
  private Duration socketAge = DEFAULTS.socketAge();
  private int nearMisses = DEFAULTS.nearMisses();
  private Duration connectionIdle = DEFAULTS.connectionIdle();
  private Duration firstBackOff = DEFAULTS.firstBackOff();
  private Duration lastBackOff = DEFAULTS.lastBackOff();

  private ExchangeConfigs() {}

  static ExchangeConfig sockets(int sockets, int minQueries, int maxQueries) {
    return with(
        config -> {
          config.sockets = sockets;
          config.minQueries = minQueries;
          config.maxQueries = maxQueries;
        });
  }

  static ExchangeConfig socketAge(Duration socketAge) {
    return with(config -> config.socketAge = socketAge);
  }

  static ExchangeConfig nearMisses(int nearMisses) {
    return with(config -> config.nearMisses = nearMisses);
  }

  static ExchangeConfig connectionIdle(Duration connectionIdle) {
    return with(config -> config.connectionIdle = connectionIdle);
  }

  /** A back-off that does not end while a slow machine runs the test. */
  static ExchangeConfig longBackOff() {
    return with(
        config -> {
          config.firstBackOff = Duration.ofMinutes(1);
          config.lastBackOff = Duration.ofMinutes(1);
        });
  }

  private static ExchangeConfig with(Consumer<ExchangeConfigs> change) {
    ExchangeConfigs config = new ExchangeConfigs();
    change.accept(config);
    return config.build();
  }

  private ExchangeConfig build() {
    return new ExchangeConfig(
        sockets,
        minQueries,
        maxQueries,
        socketAge,
        nearMisses,
        DEFAULTS.pending(),
        DEFAULTS.connections(),
        DEFAULTS.busyConnection(),
        connectionIdle,
        firstBackOff,
        lastBackOff);
  }
}
