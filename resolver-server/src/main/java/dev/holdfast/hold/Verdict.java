package dev.holdfast.hold;

/** What is made of upstreams saying that a name is gone. */
public enum Verdict {
  /** It is gone: its zone believes it, it was meant, or it has been gone for long enough. */
  BELIEVED,
  /** It is believed, but a zone that enforces would have held it. */
  WOULD_HAVE_HELD,
  /** The last good records are served instead. */
  HELD
}
