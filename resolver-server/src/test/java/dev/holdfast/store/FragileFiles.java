package dev.holdfast.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Files on a disk that a test can fill and break. */
final class FragileFiles extends JournalFiles {

  /** Bytes that can still be written before the disk is full. */
  long freeBytes = Long.MAX_VALUE;

  /** Offset within every file from which on nothing can be read. */
  long unreadableFrom = Long.MAX_VALUE;

  /** Whether the disk takes no writes at all. */
  boolean readOnly;

  FragileFiles(Path stateDirectory) {
    super(stateDirectory);
  }

  @Override
  void own() throws IOException {
    if (readOnly) {
      throw new IOException("Read-only file system");
    }
    super.own();
  }

  @Override
  void write(FileChannel channel, ByteBuffer content, long offset) throws IOException {
    if (content.remaining() <= freeBytes) {
      freeBytes -= content.remaining();
      super.write(channel, content, offset);
      return;
    }
    content.limit(content.position() + (int) freeBytes);
    freeBytes = 0;
    super.write(channel, content, offset);
    throw new IOException("No space left on device");
  }

  @Override
  void readBlock(FileChannel channel, ByteBuffer block, long offset) throws IOException {
    if (offset + block.remaining() > unreadableFrom) {
      throw new IOException("Input/output error");
    }
    super.readBlock(channel, block, offset);
  }
}
