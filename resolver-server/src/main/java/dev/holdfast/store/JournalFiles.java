package dev.holdfast.store;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The journal's directory: files that only their owner may read, a lock that only one process
 * holds, and what could not be read, set aside. Used by one thread at a time, except for reading.
 */
class JournalFiles {

  /** Files set aside that are kept for inspection; older ones are deleted. */
  static final int MAX_SET_ASIDE = 8;

  /** Longest file that can be a segment; a longer one is foreign. */
  static final int MAX_SEGMENT_BYTES = 32 << 20;

  /** Numbers of segments stay below this. */
  static final int MAX_NUMBER = 1 << 30;

  private static final String SUFFIX = ".log";
  private static final String TEMPORARY = "rewritten.tmp";
  private static final Pattern SEGMENT_NAME = Pattern.compile("([a-z]+)-([0-9]{10})\\.log");
  private static final int DISK_BLOCK_BYTES = 1 << 12;

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?>[] OWNER_ONLY_FILE = permissions("rw-------");
  private static final FileAttribute<?>[] OWNER_ONLY_DIRECTORY = permissions("rwx------");

  /**
   * Directories locked by this process. Closing a second channel to a lock file would give up the
   * first one's lock (POSIX fcntl), so there must not be a second one.
   */
  private static final Set<Path> LOCKED_HERE = new HashSet<>();

  private final Path directory;
  private @Nullable FileChannel lockChannel;
  private @Nullable Path lockedPath;

  JournalFiles(Path stateDirectory) {
    this.directory = stateDirectory.resolve("journal");
  }

  Path directory() {
    return directory;
  }

  /**
   * Makes this process the one that writes here.
   *
   * @throws IOException when it cannot be; the message says why
   */
  void own() throws IOException {
    Files.createDirectories(directory, OWNER_ONLY_DIRECTORY);
    if (POSIX && !Files.getPosixFilePermissions(directory).equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(directory, OWNER_ONLY);
    }
    Path path = directory.toRealPath();
    synchronized (LOCKED_HERE) {
      if (LOCKED_HERE.contains(path)) {
        throw new IOException("in use by this process");
      }
      lockChannel = lock(path.resolve("lock"));
      lockedPath = path;
      LOCKED_HERE.add(path);
    }
    Files.deleteIfExists(temporary());
  }

  private static FileChannel lock(Path path) throws IOException {
    FileChannel channel = open(path, CREATE, READ, WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException("in use by process " + readHolder(channel));
      }
      channel.truncate(0);
      channel.write(
          ByteBuffer.wrap(
              Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static String readHolder(FileChannel channel) throws IOException {
    ByteBuffer holder = ByteBuffer.allocate(20);
    channel.read(holder, 0);
    String text = new String(holder.array(), 0, holder.position(), StandardCharsets.US_ASCII);
    return text.matches("[0-9]+") ? text : "unknown";
  }

  /** Lets another process write here. */
  void disown() throws IOException {
    synchronized (LOCKED_HERE) {
      if (lockedPath != null) {
        LOCKED_HERE.remove(lockedPath);
        lockedPath = null;
      }
      if (lockChannel != null) {
        lockChannel.close();
        lockChannel = null;
      }
    }
  }

  /** Returns the numbers of a table's files, in no order; none where there is no directory. */
  List<Integer> numbers(Table table) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    if (!Files.isDirectory(directory)) {
      return numbers;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
      for (Path file : files) {
        Matcher name = SEGMENT_NAME.matcher(file.getFileName().toString());
        if (name.matches() && name.group(1).equals(table.filePrefix())) {
          long number = Long.parseLong(name.group(2));
          if (number > 0 && number < MAX_NUMBER) {
            numbers.add((int) number);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return numbers;
  }

  /** Returns the path of a file. */
  Path path(Table table, int number) {
    return directory.resolve("%s-%010d%s".formatted(table.filePrefix(), number, SUFFIX));
  }

  /**
   * Returns the length of a file.
   *
   * @throws ForeignFileException when it cannot be one of the journal's
   */
  long size(Path path) throws IOException {
    if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new ForeignFileException("is not a plain file");
    }
    long size = Files.size(path);
    if (size > MAX_SEGMENT_BYTES) {
      throw new ForeignFileException(
          "has " + size + " bytes (expected at most " + MAX_SEGMENT_BYTES + ")");
    }
    return size;
  }

  /** Reads the start of a file; what the disk cannot read comes out as zeros. */
  byte[] read(Path path, int length) throws IOException {
    byte[] bytes = new byte[length];
    try (FileChannel channel = open(path, READ)) {
      try {
        readBlock(channel, ByteBuffer.wrap(bytes), 0);
      } catch (IOException e) {
        for (int offset = 0; offset < length; offset += DISK_BLOCK_BYTES) {
          readIfPossible(channel, bytes, offset, Math.min(DISK_BLOCK_BYTES, length - offset));
        }
      }
    }
    return bytes;
  }

  /** Returns a walk of the records in the first {@code length} bytes of a file. */
  RecordScanner scanner(Segment segment, int length) throws IOException {
    return new RecordScanner(read(segment.path, length), length, segment.header.marker());
  }

  private void readIfPossible(FileChannel channel, byte[] bytes, int offset, int length) {
    try {
      readBlock(channel, ByteBuffer.wrap(bytes, offset, length), offset);
    } catch (IOException e) {
      Arrays.fill(bytes, offset, offset + length, (byte) 0);
    }
  }

  /** Reads one block. */
  void readBlock(FileChannel channel, ByteBuffer block, long offset) throws IOException {
    long position = offset;
    for (int count = 0; block.hasRemaining() && count >= 0; position += count) {
      count = channel.read(block, position);
    }
  }

  /** Creates a file of the journal. */
  FileChannel create(Path path) throws IOException {
    return open(path, CREATE_NEW, WRITE);
  }

  /** Writes all of {@code content} at {@code offset}. */
  void write(FileChannel channel, ByteBuffer content, long offset) throws IOException {
    long position = offset;
    while (content.hasRemaining()) {
      position += channel.write(content, position);
    }
  }

  /** Replaces a file by new content, all or nothing. */
  void replace(Path path, ByteBuffer content) throws IOException {
    Path temporary = temporary();
    Files.deleteIfExists(temporary);
    try (FileChannel channel = create(temporary)) {
      write(channel, content, 0);
      channel.force(true);
    }
    Files.move(temporary, path, ATOMIC_MOVE, REPLACE_EXISTING);
  }

  /** Deletes a file. */
  void delete(Path path) throws IOException {
    Files.deleteIfExists(path);
  }

  /** Moves a file out of the way and returns where it is now. */
  Path setAside(Path path) throws IOException {
    Path target = placeAside(path);
    Files.move(path, target, REPLACE_EXISTING);
    return target;
  }

  /** Copies a file for inspection and returns where the copy is. */
  Path copyAside(Path path) throws IOException {
    Path target = placeAside(path);
    try (FileChannel copy = open(target, CREATE, WRITE)) {
      write(copy, ByteBuffer.wrap(read(path, (int) size(path))), 0);
    }
    return target;
  }

  private Path placeAside(Path path) throws IOException {
    Path aside = directory.resolve("set-aside");
    Files.createDirectories(aside, OWNER_ONLY_DIRECTORY);
    List<Path> kept = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(aside)) {
      files.forEach(kept::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    kept.sort(Comparator.comparing(JournalFiles::timeAside));
    for (Path oldest : kept.subList(0, Math.max(0, kept.size() - MAX_SET_ASIDE + 1))) {
      Files.deleteIfExists(oldest);
    }
    return aside.resolve(path.getFileName() + "." + System.currentTimeMillis());
  }

  private static String timeAside(Path path) {
    String name = path.getFileName().toString();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private Path temporary() {
    return directory.resolve(TEMPORARY);
  }

  private static FileChannel open(Path path, OpenOption... options) throws IOException {
    Set<OpenOption> set = new HashSet<>(List.of(options));
    set.add(LinkOption.NOFOLLOW_LINKS);
    return FileChannel.open(path, set, OWNER_ONLY_FILE);
  }

  private static FileAttribute<?>[] permissions(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
