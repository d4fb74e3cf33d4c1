package dev.holdfast.upstream;

/** Whether the letters of names that upstreams are asked over UDP are in random case. */
public enum CaseRandomisation {
  /** Names are asked in lower case. */
  OFF,
  /** They are, and a reply in another case is asked for again over TCP. */
  ON,
  /** They are, unless an upstream shows that it does not keep the case. */
  AUTO
}
