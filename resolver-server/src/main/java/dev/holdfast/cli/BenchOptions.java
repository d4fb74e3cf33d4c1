package dev.holdfast.cli;

import dev.holdfast.bench.Load;
import dev.holdfast.bench.Zipf;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.wire.RecordType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** The options that make a load; those that dnsperf has too mean the same. */
final class BenchOptions {

  private static final String DEFAULT_SERVER = "127.0.0.1:5353";
  private static final int DEFAULT_PORT = 53;
  private static final int DEFAULT_OUTSTANDING = 100;
  private static final int MAX_STEPS = 1000;
  private static final int MAX_SOURCES = 60_000;
  private static final double MAX_RATE = 1e8;
  private static final double MAX_SECONDS = 86_400;
  private static final Pattern NUMBER = Pattern.compile("(\\d+(?:\\.\\d+)?)([kKmM]?)");
  private static final Map<String, Double> FACTORS = Map.of("", 1.0, "k", 1e3, "m", 1e6);

  private final CommandSpec spec;
  private final OptionSpec server =
      single(
          "ADDR[:PORT]", "The server to ask. Default: " + DEFAULT_SERVER + ".", "-s", "--server");
  private final OptionSpec port = single("PORT", "Its port, where none is in -s.", "-p", "--port");
  private final OptionSpec mode = single("udp|tcp", "The transport. Default: udp.", "-m", "--mode");
  private final OptionSpec file =
      single(
          "FILE",
          "Ask what is in this file: a name and a type per line, over and over. Default: names"
              + " are generated.",
          "-d",
          "--queries");
  private final OptionSpec names = single("N", "Generated names. Default: 100k.", "--names");
  private final OptionSpec zipf =
      single("EXPONENT", "How popularity falls with rank; 0: not at all. Default: 1.", "--zipf");
  private final OptionSpec types =
      single("TYPES", "Their types, a name having one of them. Default: A,AAAA.", "--types");
  private final OptionSpec zone =
      single("NAME", "The domain that they are in. Default: example.org.", "--zone");
  private final OptionSpec clients =
      single("N", "Sockets that ask. Default: 8.", "-c", "--clients");
  private final OptionSpec sources =
      single("N", "Spread the sockets over N addresses from 127.0.1.1 up.", "--sources");
  private final OptionSpec outstanding =
      single(
          "N",
          "Most queries on the way, on all sockets together. Default: 100 without a rate, no"
              + " bound with one.",
          "-q",
          "--outstanding");
  private final OptionSpec rate =
      single(
          "RATE[..RATE]",
          "Queries per second, such as 30k or 10k..200k. Default: as fast as answers come.",
          "-Q",
          "--rate");
  private final OptionSpec step =
      single("RATE", "How a rate rises. Default: a tenth of the way.", "--step");
  private final OptionSpec time =
      single("SECONDS", "How long, at each rate. Default: 10.", "-l", "--time");
  private final OptionSpec passes =
      single("N", "Ask what is in the file N times at most. Default: no bound.", "-n", "--passes");
  private final OptionSpec timeout =
      single("SECONDS", "How long an answer may take. Default: 5.", "-t", "--timeout");
  private final OptionSpec warmUp =
      single("SECONDS", "How long the load runs before it counts. Default: 1.", "--warm-up");
  private final OptionSpec cold =
      flag("Do not ask every name once before, so that the cache is full.", "--cold");
  private final OptionSpec edns = flag("Ask with EDNS; on unless --no-edns.", "-e", "--edns");
  private final OptionSpec noEdns = flag("Ask without EDNS.", "--no-edns");
  private final OptionSpec dnssec = flag("Ask for DNSSEC records too (DO).", "-D", "--dnssec");
  private final OptionSpec serverPid =
      single("PID", "Show processor time and memory of this server process.", "--server-pid");

  BenchOptions(CommandSpec spec) {
    this.spec = spec;
    spec.addOption(server).addOption(port).addOption(mode).addOption(file).addOption(names);
    spec.addOption(zipf).addOption(types).addOption(zone).addOption(clients).addOption(sources);
    spec.addOption(outstanding).addOption(rate).addOption(step).addOption(time).addOption(passes);
    spec.addOption(timeout).addOption(warmUp).addOption(cold).addOption(edns).addOption(noEdns);
    spec.addOption(dnssec).addOption(serverPid);
  }

  Load load() {
    List<Double> rates = rates();
    int sockets = (int) number(clients, "8", 1, MAX_RATE);
    String fallback =
        rates.isEmpty() ? String.valueOf(Math.max(DEFAULT_OUTSTANDING, sockets)) : "1m";
    String queries = file.getValue();
    try {
      return new Load(
          serverAddress(),
          transport(),
          sockets,
          sourceAddresses(),
          (int) number(outstanding, fallback, 1, 1 << 20),
          seconds(timeout, "5"),
          !isSet(noEdns),
          isSet(dnssec),
          queries == null ? null : Path.of(queries),
          generated(),
          rates,
          seconds(time, "10"),
          (int) number(passes, "0", 0, 1_000_000),
          seconds(warmUp, "1"),
          !isSet(cold),
          (long) number(serverPid, "0", 0, Integer.MAX_VALUE));
    } catch (IllegalArgumentException e) {
      throw usage("--" + e.getMessage());
    }
  }

  private InetSocketAddress serverAddress() {
    String text = server.getValue();
    int defaultPort = (int) number(port, String.valueOf(DEFAULT_PORT), 1, 65_535);
    if (text != null) {
      return address(server, text, defaultPort);
    }
    InetSocketAddress address = address(server, DEFAULT_SERVER, defaultPort);
    return port.getValue() == null
        ? address
        : new InetSocketAddress(address.getAddress(), defaultPort);
  }

  InetSocketAddress address(OptionSpec option, String text) {
    return address(option, text, DEFAULT_PORT);
  }

  private InetSocketAddress address(OptionSpec option, String text, int defaultPort) {
    try {
      return SocketAddresses.parse(text, defaultPort);
    } catch (IllegalArgumentException e) {
      throw usage(option.longestName() + ": " + e.getMessage());
    }
  }

  private boolean transport() {
    String text = mode.getValue();
    if (text != null && !text.equals("udp") && !text.equals("tcp")) {
      throw usage("--mode: " + text + " (expected udp or tcp)");
    }
    return "tcp".equals(text);
  }

  private List<InetAddress> sourceAddresses() {
    int count = (int) number(sources, "0", 0, MAX_SOURCES);
    List<InetAddress> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int host = (1 << 8) + i + 1;
      addresses.add(
          InetAddress.ofLiteral(
              "127." + (host >> 16) + "." + (host >> 8 & 0xff) + "." + (host & 0xff)));
    }
    return addresses;
  }

  private Zipf generated() {
    List<Integer> numbers = new ArrayList<>();
    String text = types.getValue() == null ? "A,AAAA" : types.getValue();
    for (String type : text.split(",", -1)) {
      try {
        numbers.add(RecordType.parse(type.strip()));
      } catch (IllegalArgumentException e) {
        throw usage("--types: " + e.getMessage());
      }
    }
    String domain = zone.getValue() == null ? "example.org" : zone.getValue();
    return new Zipf((int) number(names, "100k", 1, 1e7), number(zipf, "1", 0, 5), numbers, domain);
  }

  private List<Double> rates() {
    String text = rate.getValue();
    if (text == null) {
      if (step.getValue() != null) {
        throw usage("--step (expected with --rate FROM..TO)");
      }
      return List.of();
    }
    String[] ends = text.split("\\.\\.", -1);
    double from = parse(rate, ends[0], 1, MAX_RATE);
    if (ends.length == 1) {
      return List.of(from);
    }
    double to = parse(rate, ends[1], from, MAX_RATE);
    double by = number(step, String.valueOf((long) Math.max((to - from) / 10, 1)), 1, MAX_RATE);
    if ((to - from) / by > MAX_STEPS) {
      throw usage("--step: " + step.getValue() + " (expected at most " + MAX_STEPS + " steps)");
    }
    List<Double> rates = new ArrayList<>();
    for (double each = from; each <= to; each += by) {
      rates.add(each);
    }
    return rates;
  }

  private Duration seconds(OptionSpec option, String fallback) {
    return Duration.ofMillis((long) (number(option, fallback, 0, MAX_SECONDS) * 1000));
  }

  /** Reads a number such as 30000, 30k or 0.5. */
  double number(OptionSpec option, String fallback, double least, double most) {
    String text = option.getValue();
    return parse(option, text == null ? fallback : text, least, most);
  }

  private double parse(OptionSpec option, String text, double least, double most) {
    Matcher matcher = NUMBER.matcher(text);
    double value =
        matcher.matches()
            ? Double.parseDouble(matcher.group(1))
                * FACTORS.getOrDefault(matcher.group(2).toLowerCase(Locale.ROOT), 1.0)
            : Double.NaN;
    if (!(value >= least && value <= most)) {
      throw usage(
          "%s: %s (expected %s..%s)"
              .formatted(option.longestName(), text, plain(least), plain(most)));
    }
    return value;
  }

  private static String plain(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static boolean isSet(OptionSpec option) {
    return Boolean.TRUE.equals(option.getValue());
  }

  /** An option with one value. */
  static OptionSpec single(String label, String description, String... optionNames) {
    return OptionSpec.builder(optionNames)
        .arity("1")
        .type(String.class)
        .paramLabel(label)
        .description(description)
        .build();
  }

  /** An option without a value. */
  static OptionSpec flag(String description, String... optionNames) {
    return OptionSpec.builder(optionNames)
        .type(boolean.class)
        .arity("0")
        .description(description)
        .build();
  }
}
