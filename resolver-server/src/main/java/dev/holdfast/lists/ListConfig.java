package dev.holdfast.lists;

import java.nio.file.Path;

/**
 * A file of names: one a line, or as a hosts file or an ad blocker has them.
 *
 * @param name as status, metrics and clients are told
 */
public record ListConfig(String name, Path file, ListAction action, ListReason reason) {}
