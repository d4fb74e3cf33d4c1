package dev.holdfast.cli;

import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.net.IDN;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.PositionalParamSpec;

/** NAME and TYPE of a command about one name, checked before a server is asked. */
final class NameArguments {

  private final AdminCommand command;
  private final PositionalParamSpec name;
  private final PositionalParamSpec type =
      PositionalParamSpec.builder()
          .index("1")
          .arity("0..1")
          .required(false)
          .type(String.class)
          .paramLabel("TYPE")
          .description("One record type, such as AAAA or TYPE65; all that are known if not given.")
          .build();

  /** Adds NAME and TYPE to a command. */
  NameArguments(AdminCommand command, boolean nameRequired) {
    this.command = command;
    name =
        PositionalParamSpec.builder()
            .index("0")
            .arity(nameRequired ? "1" : "0..1")
            .required(nameRequired)
            .type(String.class)
            .paramLabel("NAME")
            .description("A domain name.")
            .build();
    command.spec().addPositional(name);
  }

  /** Lets a type be given too. */
  NameArguments withType() {
    command.spec().addPositional(type);
    return this;
  }

  @Nullable String name() {
    return name.getValue();
  }

  /** Returns {@code name=...} and, when it was given, {@code &type=...} for a query string. */
  String toQuery() {
    String text = name.getValue();
    String query = "name=" + encoded(text == null ? "." : text);
    String typeText = type.getValue();
    if (typeText == null) {
      return query;
    }
    try {
      return query + "&type=" + RecordType.toText(RecordType.parse(typeText));
    } catch (IllegalArgumentException e) {
      throw command.refusal(String.valueOf(e.getMessage()));
    }
  }

  /** Returns a name as it is written in a query string. */
  String encoded(String text) {
    try {
      boolean ascii = text.chars().allMatch(character -> character < 0x80);
      byte[] wire = Names.parse(ascii ? text : IDN.toASCII(text));
      return URLEncoder.encode(Names.toText(wire), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw command.refusal(text + " (expected a domain name): " + e.getMessage());
    }
  }
}
