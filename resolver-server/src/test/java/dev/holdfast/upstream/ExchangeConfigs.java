package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeConfig.DEFAULTS;

import java.time.Duration;

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
    ExchangeConfigs config = new ExchangeConfigs();
    config.sockets = sockets;
    config.minQueries = minQueries;
    config.maxQueries = maxQueries;
    return config.build();
  }

  static ExchangeConfig socketAge(Duration socketAge) {
    ExchangeConfigs config = new ExchangeConfigs();
    config.socketAge = socketAge;
    return config.build();
  }

  static ExchangeConfig nearMisses(int nearMisses) {
    ExchangeConfigs config = new ExchangeConfigs();
    config.nearMisses = nearMisses;
    return config.build();
  }

  static ExchangeConfig connectionIdle(Duration connectionIdle) {
    ExchangeConfigs config = new ExchangeConfigs();
    config.connectionIdle = connectionIdle;
    return config.build();
  }

  /** A back-off that does not end while a slow machine runs the test. */
  static ExchangeConfig longBackOff() {
    ExchangeConfigs config = new ExchangeConfigs();
    config.firstBackOff = Duration.ofMinutes(1);
    config.lastBackOff = Duration.ofMinutes(1);
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
