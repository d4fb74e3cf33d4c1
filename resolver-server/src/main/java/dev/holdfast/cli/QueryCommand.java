package dev.holdfast.cli;

import dev.holdfast.config.Quantities;
import dev.holdfast.upstream.SocketAddresses;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.IDN;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** A small dig: asks a server one question and shows what it said, errors in words. */
final class QueryCommand implements Callable<Integer> {

  private static final String DEFAULT_SERVER = "127.0.0.1:5353";
  private static final int DEFAULT_PORT = 53;
  private static final int TIMEOUT_MILLIS = 5000;

  /** Largest UDP response that is not in danger of fragmentation (RFC 9715 §3). */
  private static final int PAYLOAD_BYTES = 1232;

  private final int timeoutMillis;
  private final PositionalParamSpec name =
      PositionalParamSpec.builder()
          .index("0")
          .arity("1")
          .required(true)
          .type(String.class)
          .paramLabel("NAME")
          .description("The name, or an address whose name is asked for.")
          .build();
  private final PositionalParamSpec type =
      PositionalParamSpec.builder()
          .index("1")
          .arity("0..1")
          .type(String.class)
          .paramLabel("TYPE")
          .description(
              "The record type, such as AAAA or TYPE65. Default: A, or PTR for an address.")
          .build();
  private final OptionSpec server =
      OptionSpec.builder("--server")
          .arity("1")
          .type(String.class)
          .defaultValue(DEFAULT_SERVER)
          .paramLabel("ADDR:PORT")
          .description("Ask this server. Default: " + DEFAULT_SERVER + ".")
          .build();
  private final OptionSpec tcp = flag("--tcp", "Ask over TCP.");
  private final OptionSpec dnssec = flag("--dnssec", "Ask for DNSSEC records too (DO).");
  private final OptionSpec noRecurse = flag("--no-recurse", "Ask for what is cached only (no RD).");
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  QueryCommand() {
    this(TIMEOUT_MILLIS);
  }

  QueryCommand(int timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
    spec.usageMessage().description("Ask a DNS server one question and show its answer.");
    spec.addPositional(name).addPositional(type);
    spec.addOption(server).addOption(tcp).addOption(dnssec).addOption(noRecurse);
    spec.addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() {
    Message query = query();
    InetSocketAddress address = server();
    DnsClient.Response response;
    try {
      response = new DnsClient(address, timeoutMillis).ask(query.toWire(), isSet(tcp));
    } catch (IOException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("no answer from " + SocketAddresses.format(address) + ": " + reason(e));
      err.println(advice(e));
      return Main.FAILURE;
    }
    PrintWriter out = spec.commandLine().getOut();
    ResponseText.lines(response.message()).forEach(out::println);
    out.println(source(address, response));
    String hint = hint(response.message().getRcode());
    if (hint != null) {
      out.println(hint);
    }
    return Main.OK;
  }

  private Message query() {
    String text = name.getValue();
    String typeText = type.getValue();
    for (String word : new String[] {text, String.valueOf(typeText)}) {
      if (word.startsWith("@")) {
        throw usage(
            word
                + " (expected NAME or TYPE). Did you mean \"--server "
                + word.substring(1)
                + "\"?");
      }
    }
    InetAddress address = literal(text);
    int wanted = address == null ? Type.A : Type.PTR;
    if (typeText != null) {
      wanted = Type.value(typeText.toUpperCase(Locale.ROOT), true);
      if (wanted < 0) {
        throw usage(typeText + " (expected a record type such as A, AAAA, HTTPS or TYPE65)");
      }
    }
    Message query = new Message(new SecureRandom().nextInt(1 << 16));
    query.getHeader().setFlag(Flags.AD);
    if (!isSet(noRecurse)) {
      query.getHeader().setFlag(Flags.RD);
    }
    boolean reverse = address != null && wanted == Type.PTR;
    Name qname = reverse ? ReverseMap.fromAddress(address) : name(text);
    query.addRecord(Record.newRecord(qname, wanted, DClass.IN), Section.QUESTION);
    int flags = isSet(dnssec) ? ExtendedFlags.DO : 0;
    query.addRecord(new OPTRecord(PAYLOAD_BYTES, 0, 0, flags), Section.ADDITIONAL);
    return query;
  }

  private Name name(String text) {
    try {
      boolean ascii = text.chars().allMatch(character -> character < 0x80);
      return Name.fromString(ascii ? text : IDN.toASCII(text), Name.root);
    } catch (TextParseException | IllegalArgumentException e) {
      throw usage(text + " (expected a domain name or an address): " + e.getMessage());
    }
  }

  private InetSocketAddress server() {
    String text = server.getValue();
    try {
      return SocketAddresses.parse(text, DEFAULT_PORT);
    } catch (IllegalArgumentException e) {
      throw usage("--server: " + e.getMessage());
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Returns the address that is written without a port, or null. */
  private static @Nullable InetAddress literal(String text) {
    try {
      InetSocketAddress address = SocketAddresses.parse(text, 0);
      return address.getPort() == 0 ? address.getAddress() : null;
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }

  private String reason(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return "nothing came within " + Quantities.format(Duration.ofMillis(timeoutMillis));
    }
    return e instanceof EOFException ? "it closed the connection" : String.valueOf(e.getMessage());
  }

  private String advice(IOException e) {
    return e instanceof SocketTimeoutException
        ? "Does it serve this machine, and is the port open? Another server: --server ADDR:PORT."
        : "Is Holdfast running there? Start it with: holdfast run. Another server: --server"
            + " ADDR:PORT.";
  }

  private static String source(InetSocketAddress address, DnsClient.Response response) {
    return String.format(
        Locale.ROOT,
        "%s over %s, %.1f ms, %d bytes%s",
        SocketAddresses.format(address),
        response.overTcp() ? "TCP" : "UDP",
        response.elapsedNanos() / 1e6,
        response.lengthBytes(),
        response.truncated() ? ", after a truncated answer over UDP" : "");
  }

  private static @Nullable String hint(int rcode) {
    return switch (rcode) {
      case Rcode.REFUSED -> "The server does not serve this client; see access.allow.";
      case Rcode.SERVFAIL -> "The server got no usable answer from those it asks.";
      default -> null;
    };
  }

  private static boolean isSet(OptionSpec flag) {
    return Boolean.TRUE.equals(flag.getValue());
  }

  private static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }
}
