package dev.holdfast.resolve;

/** Sees every query of one event loop that was answered. Confined to that loop. */
public interface QueryTap {

  /**
   * Takes what it wants of {@code query}, valid during the call only; must not block or allocate.
   */
  void answered(AnsweredQuery query);

  /** Returns a tap that shows each query to this one and then to {@code next}. */
  default QueryTap andThen(QueryTap next) {
    return query -> {
      answered(query);
      next.answered(query);
    };
  }
}
