package dev.holdfast.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Processor time and memory of a process, as proc(5) tells them. Immutable.
 *
 * @param cpuMillis processor time since it started, in steps of 10 ms
 * @param residentBytes memory that it occupies now
 */
public record ProcessUsage(long cpuMillis, long residentBytes) {

  /** Fixed in the interface between Linux and programs, whatever the kernel counts with. */
  private static final long MILLIS_PER_TICK = 10;

  /* Fields behind the name in parentheses, counted from 0. */
  private static final int USER_FIELD = 11;
  private static final int SYSTEM_FIELD = 12;

  private static final String RESIDENT = "VmRSS:";

  /**
   * Looks at a process.
   *
   * @throws IOException when there is none with this id
   */
  public static ProcessUsage of(long pid) throws IOException {
    Path process = Path.of("/proc", String.valueOf(pid));
    try {
      String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[SYSTEM_FIELD]);
      long resident = 0;
      for (String line : Files.readAllLines(process.resolve("status"))) {
        if (line.startsWith(RESIDENT)) {
          resident = Long.parseLong(line.replaceAll("\\D", "")) << 10;
        }
      }
      return new ProcessUsage(ticks * MILLIS_PER_TICK, resident);
    } catch (NoSuchFileException e) {
      throw new IOException("no process has the id " + pid, e);
    }
  }
}
