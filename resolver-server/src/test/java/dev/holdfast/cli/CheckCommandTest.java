package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {

  @TempDir Path folder;

  private final Program program = new Program();

  @Test
  void call_defaults_saysWhatItWouldDo() {
    assertThat(program.run("check")).isZero();
    assertThat(program.out())
        .isEqualToIgnoringNewLines(
            "ok: without a file: listens on 127.0.0.1:5353, asks the servers of /etc/resolv.conf,"
                + " caches 128MiB, keeps state in /var/lib/holdfast, admin on 127.0.0.1:9153");
  }

  @Test
  void call_goodFile_saysWhatItWouldDo() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("f.yaml"),
            """
            listen: ["0.0.0.0:53", "[::]:53"]
            upstreams: [192.0.2.1, "[2001:db8::1]:5300"]
            zones: { corp.example: { upstreams: [tcp://192.0.2.2] } }
            admin: { listen: off }
            """);

    assertThat(program.run("check", "--config", file.toString(), "--set", "cache.max-size=1GiB"))
        .isZero();
    assertThat(program.out())
        .isEqualToIgnoringNewLines(
            "ok: "
                + file
                + ": listens on 0.0.0.0:53 and [::]:53, asks 192.0.2.1:53 and [2001:db8::1]:5300,"
                + " tcp://192.0.2.2:53 for corp.example., caches 1GiB, keeps state in"
                + " /var/lib/holdfast, no admin");
  }

  @Test
  void call_badFile_printsEveryProblem() throws IOException {
    Path file = Files.writeString(folder.resolve("f.yaml"), "cache: { max-ttl: 9d, min-tl: 1 }");

    assertThat(program.run("check", "--config", file.toString())).isOne();
    assertThat(program.err().lines())
        .containsExactly(
            file + ":1:19: cache.max-ttl: 9d (expected 1s..7d in whole seconds)",
            file + ":1:23: cache.min-tl: unknown key. Did you mean \"min-ttl\"?");
    assertThat(program.out()).isEmpty();
  }

  @Test
  void call_localPolicy_readsItsFilesAndNamesWhatCannotBeUsed() throws IOException {
    Path list = Files.writeString(folder.resolve("ads.txt"), "ads.example.org\nexample.org##.ad\n");
    Path zone =
        Files.writeString(
            folder.resolve("rpz.zone"), "@ SOA localhost. nobody.invalid. 1 2 3 4 5\nbad CNAM .\n");
    Path none = folder.resolve("none");
    Path file =
        Files.writeString(
            folder.resolve("f.yaml"),
            """
            local:
              hosts: %s
              rpz: { threats: { file: %s } }
              lists: { ads: { file: %s } }
            """
                .formatted(none, zone, list));

    assertThat(program.run("check", "--config", file.toString())).isOne();
    assertThat(program.err().lines())
        .containsExactly(
            none + ": there is no such file",
            zone + ":2: CNAM (expected a record type such as A, AAAA or CNAME)");
    assertThat(program.out().lines())
        .containsExactly("note: " + list + ":2: no name: example.org##.ad");
  }

  @Test
  void call_folder_isAFailure() {
    assertThat(program.run("check", "--config", folder.toString())).isOne();
    assertThat(program.err().strip())
        .isEqualTo(folder + ": a folder (expected a readable YAML file)");
  }

  @Test
  void call_missingFile_isAFailure() {
    assertThat(program.run("check", "--config", "/nonexistent.yaml")).isOne();
    assertThat(program.err()).startsWith("/nonexistent.yaml: no such file");
  }
}
