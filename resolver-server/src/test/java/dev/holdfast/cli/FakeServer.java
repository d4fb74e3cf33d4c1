package dev.holdfast.cli;

import dev.holdfast.StartException;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server that starts as a test wants it and stops at once. */
final class FakeServer implements Server, Server.Starter {

  final List<HoldfastConfig> started = new ArrayList<>();
  boolean demo;
  int closed;
  @Nullable StartException refusal;
  @Nullable RuntimeException failure;

  @Override
  public Server start(Start start) throws InvalidConfigException, StartException {
    HoldfastConfig config = start.config().read();
    if (failure != null) {
      throw failure;
    }
    if (refusal != null) {
      throw refusal;
    }
    started.add(config);
    demo = start.demo();
    return this;
  }

  @Override
  public List<String> greeting() {
    return List.of("serving", "asking");
  }

  @Override
  public void awaitStop() {}

  @Override
  public void close() {
    closed++;
  }
}
