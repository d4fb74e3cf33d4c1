package dev.holdfast.store;

import java.time.Instant;

/** Something that kept the journal from being written. */
public record JournalError(Instant time, String text) {}
