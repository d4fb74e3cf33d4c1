package dev.holdfast.config;

/** Where a server reads its configuration from, when it starts and whenever it is to reload. */
@FunctionalInterface
public interface ConfigSource {

  /**
   * Reads the configuration as it is now.
   *
   * @throws InvalidConfigException with every problem
   */
  HoldfastConfig read() throws InvalidConfigException;
}
