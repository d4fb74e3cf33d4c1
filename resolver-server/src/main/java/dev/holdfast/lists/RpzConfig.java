package dev.holdfast.lists;

import java.nio.file.Path;

/**
 * A file with a response policy zone.
 *
 * @param name as status, metrics and clients are told
 */
public record RpzConfig(String name, Path file, ListReason reason) {}
