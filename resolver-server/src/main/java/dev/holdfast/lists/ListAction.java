package dev.holdfast.lists;

import dev.holdfast.policy.Rule.Action;

/** What a list of names is for. */
public enum ListAction {
  /** Its names do not exist. */
  NXDOMAIN("nxdomain", Action.NXDOMAIN),
  /** They have no records. */
  NODATA("nodata", Action.NODATA),
  /** They have the address that means none. */
  NULL_ADDRESS("null-address", Action.NULL_ADDRESS),
  /** Their queries are refused. */
  REFUSED("refused", Action.REFUSED),
  /** They are never blocked, whatever else says so. */
  ALLOW("allow", Action.PASS);

  private final String key;
  private final Action action;

  ListAction(String key, Action action) {
    this.key = key;
    this.action = action;
  }

  /** How it is written in a configuration. */
  public String key() {
    return key;
  }

  Action action() {
    return action;
  }
}
