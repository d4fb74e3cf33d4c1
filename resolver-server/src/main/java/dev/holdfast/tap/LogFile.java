package dev.holdfast.tap;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The query log in a file or on standard output, as lines of JSON. A file that cannot be written is
 * tried again with every batch. Confined to one thread.
 */
final class LogFile implements Sink {

  private static final Logger logger = LoggerFactory.getLogger(LogFile.class);
  private static final int BATCH_CHARS = 1 << 16;

  private final @Nullable Path file;
  private final long maxSizeBytes;
  private final JsonLines format;
  private final LoopCounters counters;
  private final StringBuilder lines = new StringBuilder(BATCH_CHARS + 1024);
  private @Nullable OutputStream output;
  private long sizeBytes;
  private int waiting;
  private boolean failing;

  /** Makes a log; without a file it goes to standard output. */
  LogFile(@Nullable Path file, long maxSizeBytes, JsonLines format, LoopCounters counters) {
    this.file = file;
    this.maxSizeBytes = maxSizeBytes;
    this.format = format;
    this.counters = counters;
  }

  @Override
  public void write(TappedQuery query) {
    format.append(lines, query);
    waiting++;
    if (lines.length() >= BATCH_CHARS) {
      flush();
    }
  }

  @Override
  public void flush() {
    if (waiting == 0) {
      return;
    }
    byte[] bytes = lines.toString().getBytes(StandardCharsets.US_ASCII);
    try {
      OutputStream open = output == null ? open() : output;
      open.write(bytes);
      sizeBytes += bytes.length;
      counters.add(Counter.QUERY_LOG_WRITTEN, waiting);
      failing = false;
      if (file != null && sizeBytes >= maxSizeBytes) {
        putAside(file);
      }
    } catch (IOException e) {
      failed(e);
    }
    lines.setLength(0);
    waiting = 0;
  }

  @Override
  public void reopen() {
    if (file != null) {
      closeOutput();
    }
  }

  @Override
  public void close() {
    flush();
    closeOutput();
  }

  private OutputStream open() throws IOException {
    OutputStream opened;
    if (file == null) {
      opened = new FileOutputStream(FileDescriptor.out);
    } else {
      if (!Files.exists(file)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
      }
      opened = Files.newOutputStream(file, StandardOpenOption.APPEND);
      sizeBytes = Files.size(file);
    }
    output = opened;
    return opened;
  }

  private void putAside(Path full) throws IOException {
    closeOutput();
    Files.move(
        full, full.resolveSibling(full.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void failed(IOException reason) {
    closeOutput();
    counters.increment(Counter.QUERY_LOG_WRITE_FAILURES);
    counters.add(Counter.QUERY_LOG_DROPPED, waiting);
    if (!failing) {
      failing = true;
      logger
          .atError()
          .addKeyValue("event", "query-log-failed")
          .log(
              "the query log {} cannot be written; queries are not logged: {}",
              file,
              reason.toString());
    }
  }

  private void closeOutput() {
    OutputStream open = output;
    output = null;
    if (open != null && file != null) {
      try {
        open.close();
      } catch (IOException e) {
        logger.debug("closing {}", file, e);
      }
    }
  }
}
