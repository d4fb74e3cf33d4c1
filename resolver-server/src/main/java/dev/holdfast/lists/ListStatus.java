package dev.holdfast.lists;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a file of rules is doing. Immutable.
 *
 * @param kind hosts, list or rpz
 * @param entries names and address blocks in force
 * @param sizeBytes memory that they take
 * @param loaded when they were read, or null when they never could be
 * @param ignoredLines lines that mean nothing here
 * @param cutEntries entries left out because there were too many
 * @param ignoredPlaces the first of those lines
 * @param problem why the file as it is now is not used, or null
 */
public record ListStatus(
    String name,
    String kind,
    String file,
    int entries,
    long sizeBytes,
    @Nullable Instant loaded,
    long ignoredLines,
    long cutEntries,
    List<String> ignoredPlaces,
    @Nullable String problem) {}
