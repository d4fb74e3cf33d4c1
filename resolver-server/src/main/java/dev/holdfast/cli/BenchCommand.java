package dev.holdfast.cli;

import static dev.holdfast.cli.BenchOptions.flag;
import static dev.holdfast.cli.BenchOptions.single;

import dev.holdfast.bench.Bench;
import dev.holdfast.bench.Load;
import dev.holdfast.bench.Result;
import dev.holdfast.datagram.DatagramEcho;
import dev.holdfast.json.Json;
import dev.holdfast.report.SpeedPage;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.wire.Header;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Puts a load on a DNS server and shows how it bears it. */
final class BenchCommand implements Callable<Integer> {

  /** An A record for the question's name, which an echo appends to whatever was asked. */
  private static final byte[] ECHO_RECORD = {
    (byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, (byte) 192, 0, 2, 1
  };

  private static final String DEFAULT_MAX_LOSS = "100";

  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final BenchOptions options = new BenchOptions(spec);
  private final OptionSpec json = single("FILE", "Write everything that was measured.", "--json");
  private final OptionSpec label =
      single("TEXT", "What the server is called in the results.", "--label");
  private final OptionSpec maxLoss =
      single(
          "PERCENT",
          "Exit with 1 when more than this was lost. Default: when nothing was answered.",
          "--max-loss");
  private final OptionSpec quiet = flag("Show no progress.", "--quiet");
  private final OptionSpec echo =
      single(
          "ADDR:PORT",
          "Ask nothing; be the least that a server can be there, for comparison: it appends a"
              + " record to every datagram and sends it back.",
          "--echo");

  private final OptionSpec compare =
      single(
          "FOLDER",
          "Ask nothing; show side by side what benchmarks/compare wrote there.",
          "--compare");
  private final OptionSpec html =
      single("FILE", "Write the comparison as a page with plots.", "--html");

  BenchCommand() {
    spec.usageMessage()
        .description(
            "Put a load on a DNS server: at a rate, at rising rates, or as fast as it answers.",
            "At a rate, latencies count from the moment at which each query was due.");
    spec.addOption(json).addOption(label).addOption(maxLoss).addOption(quiet).addOption(echo);
    spec.addOption(compare).addOption(html);
    spec.addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws IOException {
    String echoAddress = echo.getValue();
    if (echoAddress != null) {
      return echo(options.address(echo, echoAddress));
    }
    if (compare.getValue() != null) {
      return compare(Path.of(compare.<String>getValue()));
    }
    double mostLost = options.number(maxLoss, DEFAULT_MAX_LOSS, 0, 100);
    Load load = options.load();
    PrintWriter out = spec.commandLine().getOut();
    BenchTable table = new BenchTable(load);
    out.println(table.title(label.getValue()));
    List<Result> results = Bench.run(load, new Progress(table));
    table.notes(results).forEach(out::println);
    String file = json.getValue();
    if (file != null) {
      Files.writeString(Path.of(file), Json.write(toMap(load, results)) + "\n");
    }
    boolean good =
        results.stream().allMatch(each -> each.answered() > 0 && each.lostPercent() <= mostLost);
    return good ? Main.OK : Main.FAILURE;
  }

  private int compare(Path folder) throws IOException {
    SpeedPage.table(folder).forEach(spec.commandLine().getOut()::println);
    if (html.getValue() != null) {
      SpeedPage.write(Path.of(html.<String>getValue()), folder);
    }
    return Main.OK;
  }

  private int echo(InetSocketAddress address) throws IOException {
    try (DatagramEcho server = DatagramEcho.bind(address)) {
      spec.commandLine()
          .getOut()
          .println("echo on " + SocketAddresses.format(server.localAddress()));
      server.run(Header.FLAGS_OFFSET, ECHO_RECORD);
    }
    return Main.OK;
  }

  private Map<String, @Nullable Object> toMap(Load load, List<Result> results) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("label", label.getValue());
    map.put("server", SocketAddresses.format(load.server()));
    map.put("transport", load.tcp() ? "tcp" : "udp");
    map.put("clients", load.clients());
    map.put("outstanding", load.outstanding());
    Path queries = load.file();
    map.put("queries", queries == null ? load.names().names() : queries.toString());
    map.put("phases", results.stream().map(Result::toMap).toList());
    return map;
  }

  /** Shows what goes on as it does. Confined to one thread. */
  private final class Progress implements Bench.Listener {

    private final BenchTable table;
    private final List<Result> shown = new ArrayList<>();

    Progress(BenchTable table) {
      this.table = table;
    }

    @Override
    public void begins(String what) {
      if (!isQuiet()) {
        spec.commandLine().getErr().println(what + " ...");
      }
    }

    @Override
    public void second(long second, long sent, long answered, long lost, int outstanding) {
      if (!isQuiet()) {
        spec.commandLine()
            .getErr()
            .printf(
                Locale.ROOT,
                "  %3d s  %,10d sent  %,10d answered  %,6d lost  %,7d waiting%n",
                second,
                sent,
                answered,
                lost,
                outstanding);
      }
    }

    @Override
    public void ends(Result result) {
      PrintWriter out = spec.commandLine().getOut();
      if (shown.isEmpty()) {
        out.println(table.head());
      }
      shown.add(result);
      out.println(table.row(result));
    }

    private boolean isQuiet() {
      return Boolean.TRUE.equals(quiet.getValue());
    }
  }
}
