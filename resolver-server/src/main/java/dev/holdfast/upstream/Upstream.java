package dev.holdfast.upstream;

/** One upstream server: where it is and how it has been doing. Thread-safe. */
public final class Upstream {

  private final UpstreamSpec spec;

  public Upstream(UpstreamSpec spec) {
    this.spec = spec;
  }

  public UpstreamSpec spec() {
    return spec;
  }

  @Override
  public String toString() {
    return spec.toString();
  }
}
