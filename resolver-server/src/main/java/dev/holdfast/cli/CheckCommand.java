package dev.holdfast.cli;

import dev.holdfast.cache.CacheConfig;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.config.Quantities;
import dev.holdfast.lists.ListStatus;
import dev.holdfast.lists.LocalPolicyFiles;
import dev.holdfast.upstream.RouteConfig;
import dev.holdfast.upstream.SocketAddresses;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Reads the configuration and tells what is wrong with it, or what it would do. */
final class CheckCommand implements Callable<Integer> {

  private final ConfigOptions options;
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  CheckCommand(Machine machine, Path installedConfig) {
    options = new ConfigOptions(machine, installedConfig);
    spec.usageMessage()
        .description(
            "Read the configuration as run would, and print every problem or what it would do.");
    options.addTo(spec);
    spec.addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    try {
      HoldfastConfig config = options.read();
      if (!checkFiles(config)) {
        return Main.FAILURE;
      }
      Path file = options.file();
      String source = file == null ? "without a file" : file.toString();
      spec.commandLine().getOut().println("ok: " + source + ": " + summary(config));
      return Main.OK;
    } catch (InvalidConfigException refused) {
      refused.problems().forEach(spec.commandLine().getErr()::println);
      return ConfigChoice.exitCode(refused);
    }
  }

  /* What cannot be used is a problem; lines of lists that mean nothing are told of, and that is all. */
  private boolean checkFiles(HoldfastConfig config) {
    boolean usable = true;
    for (ListStatus list : LocalPolicyFiles.check(config.local())) {
      PrintWriter out = spec.commandLine().getOut();
      if (list.problem() != null) {
        usable = false;
        spec.commandLine().getErr().println(list.problem());
      }
      list.ignoredPlaces().forEach(place -> out.println("note: " + place));
      if (list.ignoredLines() > list.ignoredPlaces().size()) {
        out.println(
            "note: "
                + list.file()
                + ": "
                + list.ignoredLines()
                + " lines of this kind, and "
                + list.entries()
                + " entries");
      }
      if (list.cutEntries() > 0) {
        out.println(
            "note: "
                + list.file()
                + ": "
                + list.cutEntries()
                + " entries beyond local.max-entries");
      }
    }
    return usable;
  }

  private static String summary(HoldfastConfig config) {
    List<String> parts = new ArrayList<>();
    parts.add("listens on " + join(addresses(config.listen())));
    parts.add(
        "asks "
            + (config.upstreams().isEmpty()
                ? "the servers of " + config.resolvConf()
                : join(config.upstreams())));
    for (RouteConfig zone : config.zones()) {
      parts.add(join(zone.upstreams()) + " for " + zone.suffix());
    }
    parts.add("caches " + cacheSize(config.cache().maxSizeBytes()));
    parts.add("keeps state in " + config.stateDir());
    InetSocketAddress admin = config.admin().listen();
    parts.add(admin == null ? "no admin" : "admin on " + SocketAddresses.format(admin));
    return String.join(", ", parts);
  }

  /* By default a small heap is shared out, and that of the server is another than this one. */
  private static String cacheSize(long bytes) {
    return bytes == CacheConfig.DEFAULTS.maxSizeBytes() && bytes % (1 << 20) != 0
        ? "a part of the heap"
        : Quantities.formatSize(bytes);
  }

  private static List<String> addresses(List<InetSocketAddress> addresses) {
    return addresses.stream().map(SocketAddresses::format).toList();
  }

  private static String join(Collection<?> items) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(" and "));
  }
}
