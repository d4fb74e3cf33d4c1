package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.replay.VirtualLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ResolvConfWatcherTest {

  private final VirtualLoop executor = new VirtualLoop();
  private final List<String> heard = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Path file;
  private final Path folder;

  ResolvConfWatcherTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("resolv.conf");
  }

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  @Test
  void poll_sameContent_isSilent() throws IOException {
    write("nameserver 192.0.2.1\n");
    watch();
    write("# rewritten\nnameserver 192.0.2.1\n");
    poll();

    assertThat(heard).isEmpty();
  }

  @Test
  void poll_otherServers_areHeardOnce() throws IOException {
    write("nameserver 192.0.2.1\n");
    watch();
    write("nameserver 192.0.2.2\nnameserver 192.0.2.3\n");
    poll();
    poll();

    assertThat(heard).containsExactly("[192.0.2.2:53, 192.0.2.3:53]");
  }

  @Test
  void poll_replacedFileAndLink_areFollowed() throws IOException {
    Path target = folder.resolve("real");
    Files.writeString(target, "nameserver 192.0.2.1\n");
    Files.createSymbolicLink(file, target);
    watch();
    Path next = folder.resolve("next");
    Files.writeString(next, "nameserver 192.0.2.2\n");
    Files.move(next, target, StandardCopyOption.ATOMIC_MOVE);
    poll();
    Files.delete(file);
    Files.writeString(folder.resolve("other"), "nameserver 192.0.2.3\n");
    Files.createSymbolicLink(file, folder.resolve("other"));
    poll();

    assertThat(heard).containsExactly("[192.0.2.2:53]", "[192.0.2.3:53]");
  }

  @Test
  void poll_missingOrEmpty_keepsServersAndLogsOnce() throws IOException {
    write("nameserver 192.0.2.1\n");
    watch();
    Files.delete(file);
    poll();
    write("");
    poll();
    write("search example.org\n");
    poll();
    assertThat(heard).isEmpty();
    assertThat(warnings()).isEqualTo(1);

    write("nameserver 192.0.2.1\n");
    poll();
    Files.delete(file);
    poll();
    assertThat(heard).isEmpty();
    assertThat(warnings()).isEqualTo(2);
  }

  @Test
  void poll_onlyTheScopeChanges_isHeard() throws IOException {
    write("nameserver fe80::1\n");
    watch();
    write("nameserver fe80::1%1\n");
    poll();

    assertThat(heard).containsExactly("[[fe80::1%1]:53]");
  }

  @Test
  void poll_listenerThrows_goesOnWithTheNextChange() throws IOException {
    write("nameserver 192.0.2.1\n");
    ResolvConfWatcher _ =
        new ResolvConfWatcher(
            file,
            ResolvConf.read(file),
            executor,
            specs -> {
              heard.add(specs.toString());
              throw new IllegalStateException("not these");
            });
    write("nameserver 192.0.2.2\n");
    poll();
    poll();
    write("nameserver 192.0.2.3\n");
    poll();

    assertThat(heard).containsExactly("[192.0.2.2:53]", "[192.0.2.3:53]");
  }

  @Test
  void close_changesLater_areNotHeard() throws IOException {
    write("nameserver 192.0.2.1\n");
    ResolvConfWatcher watcher = watch();
    watcher.close();
    write("nameserver 192.0.2.2\n");
    poll();

    assertThat(heard).isEmpty();
  }

  private ResolvConfWatcher watch() throws IOException {
    return new ResolvConfWatcher(
        file, ResolvConf.read(file), executor, specs -> heard.add(specs.toString()));
  }

  private void poll() {
    executor.advance(Duration.ofMillis(ResolvConfWatcher.PERIOD_MILLIS));
  }

  private void write(String content) throws IOException {
    Files.writeString(file, content);
  }

  private long warnings() {
    return log.list.stream().filter(event -> event.getLevel() == Level.WARN).count();
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ResolvConfWatcher.class);
  }
}
