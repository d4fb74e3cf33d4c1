package dev.holdfast.operate;

import java.util.List;

/**
 * What was forgotten. Immutable.
 *
 * @param answers questions whose answers were
 * @param failures questions whose failures were
 * @param histories questions whose histories were
 * @param questions some of them, as in {@code "www.example.org. A"}
 * @param stillPinned pinned questions among them: pins stay until they are taken back
 */
public record Flushed(
    int answers, int failures, int histories, List<String> questions, List<String> stillPinned) {}
