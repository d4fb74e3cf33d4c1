package dev.holdfast.e2e;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A small machine inside this one: a network with nothing but the loopback interface, and a
 * resolv.conf of its own. Everything that runs in it ends with it, even when the test is killed.
 * Confined to one thread.
 */
final class Namespace implements AutoCloseable {

  /** Stays alive as the first process until its input ends, which it does with the test. */
  private static final String FIRST_PROCESS =
      """
      ip link set lo up
      for address in 192.0.2.53 192.0.2.54; do ip addr add $address/32 dev lo; done
      mount --bind "$0/resolv.conf" /etc/resolv.conf
      mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf
      echo ready
      cat
      """;

  private final Path folder;
  private final ChildProcess keeper;
  private final String firstProcess;

  private Namespace(Path folder, ChildProcess keeper, String firstProcess) {
    this.folder = folder;
    this.keeper = keeper;
    this.firstProcess = firstProcess;
  }

  /**
   * Opens a machine, or skips the test where that is not permitted.
   *
   * @param folder where files and outputs are kept
   * @param resolvConf the content of its resolv.conf
   */
  static Namespace open(Path folder, String resolvConf) throws Exception {
    Tools.assumeInstalled("unshare", "nsenter", "ip", "mount");
    Files.writeString(folder.resolve("resolv.conf"), resolvConf);
    Files.writeString(folder.resolve("nsswitch.conf"), "hosts: files dns\n");
    List<String> unshare =
        List.of(Tools.path("unshare"), "-n", "-m", "-p", "--fork", "--kill-child", "--mount-proc");
    ChildProcess.Ended trial = ChildProcess.run(folder, with(unshare, "true"));
    if (trial.status() != 0) {
      abort("a namespace needs root (CAP_SYS_ADMIN): " + trial.err().strip());
    }
    ChildProcess keeper =
        ChildProcess.start(folder, with(unshare, "sh", "-e", "-c", FIRST_PROCESS, "" + folder));
    try {
      keeper.awaitOutput(Pattern.compile("ready"));
      String first = String.valueOf(keeper.children().getFirst().pid());
      return new Namespace(folder, keeper, first);
    } catch (Throwable t) {
      keeper.close();
      throw t;
    }
  }

  /** Starts a program inside. */
  ChildProcess start(List<String> command) throws IOException {
    return ChildProcess.start(folder, inside(command));
  }

  /** Runs a program inside to its end. */
  ChildProcess.Ended run(List<String> command) throws Exception {
    return ChildProcess.run(folder, inside(command));
  }

  private List<String> inside(List<String> command) {
    List<String> enter = List.of(Tools.path("nsenter"), "-t", firstProcess, "-n", "-m", "-p", "--");
    return with(enter, command.toArray(String[]::new));
  }

  private static List<String> with(List<String> command, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return all;
  }

  /** Ends everything that runs inside. */
  @Override
  public void close() {
    keeper.close();
  }
}
