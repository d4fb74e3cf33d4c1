package dev.holdfast.policy;

/** What becomes of questions before they are asked, and of answers before they are learnt. */
public record RewriteConfig(RebindingConfig rebinding, Dns64Config dns64, SubnetConfig subnet) {

  /** Answers stay as they are, and nobody is told of. */
  public static final RewriteConfig DEFAULTS =
      new RewriteConfig(RebindingConfig.DEFAULTS, Dns64Config.DEFAULTS, SubnetConfig.DEFAULTS);
}
