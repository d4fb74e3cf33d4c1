package dev.holdfast.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.hold.HoldMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The chart, rendered by Helm. */
class ChartTest {

  private static final Path CHART = Path.of("chart");

  /** The chart rendered with its defaults, for clusters without Helm. */
  private static final Path RENDERED = Path.of("node-local.yaml");

  private static final String HEAD =
      """
      # What the chart in this folder renders with its defaults: helm template holdfast chart --namespace kube-system
      # Change the chart, and write this file with: mvn -pl packaging/kubernetes -am test -Dtest=ChartTest -Dkubernetes.write
      """;

  @TempDir Path folder;

  @Test
  void lint_strict_findsNothing() {
    LintResult result = new Helm(CHART).lint().strict().call();

    assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
  }

  @Test
  void template_defaults_isWhatTheExampleSaysAndFitsTheApi() throws IOException {
    String rendered = HEAD + chart().call();
    if (System.getProperty("kubernetes.write") != null) {
      Files.writeString(RENDERED, rendered);
    }

    assertThat(Path.of("node-local.yaml")).hasContent(rendered);
    for (Manifest each : Manifest.parse(rendered)) {
      each.validate();
    }
  }

  @Test
  void template_defaults_listenOnTheLinkLocalAddressAndNeverHoldNamesOfTheCluster()
      throws Exception {
    HoldfastConfig config = Configurations.read(Manifest.parse(chart().call()), folder);

    assertThat(config.listen().toString()).contains("169.254.20.53:53");
    assertThat(config.hold().zones())
        .anyMatch(zone -> zone.suffix().equals("cluster.local.") && zone.mode() == HoldMode.OFF)
        .anyMatch(
            zone -> zone.suffix().equals("amazonaws.com.") && zone.mode() == HoldMode.ENFORCE);
  }

  @Test
  void template_everythingElse_fitsTheApiToo() throws Exception {
    Path values =
        Files.writeString(
            folder.resolve("values.yaml"),
            """
            image: { repository: registry.example.org/holdfast, tag: "1.2.3", pullPolicy: Always }
            address: "fd00::53"
            addressImage: ""
            clusterDomain: corp.example
            clusterDns: ["10.0.0.53", "10.0.1.53"]
            config: { cache: { max-size: 64MiB }, hold: { zones: { amazonaws.com: observe } } }
            admin: "[::1]:9153"
            profile: server
            maxSurge: 1
            nodeSelector: { kubernetes.io/os: linux }
            podAnnotations: { example.org/scrape: "true" }
            """);
    List<Manifest> manifests = Manifest.parse(chart().withValuesFile(values).call());

    for (Manifest each : manifests) {
      each.validate();
    }
    Map<String, Object> pod = Manifest.only(manifests, "DaemonSet").at("spec", "template", "spec");
    assertThat(pod).doesNotContainKey("initContainers");
    assertThat(Manifest.first(pod, "containers").toString())
        .contains("registry.example.org/holdfast:1.2.3", "host=::1, port=9153");
    HoldfastConfig config = Configurations.read(manifests, folder);
    assertThat(config.listen().toString()).contains("fd00:0:0:0:0:0:0:53");
    assertThat(config.hold().zones())
        .anyMatch(
            zone -> zone.suffix().equals("amazonaws.com.") && zone.mode() == HoldMode.OBSERVE);
  }

  @Test
  void template_badValues_areRefused() {
    assertThatThrownBy(() -> chart().set("adress", "169.254.20.53").call())
        .hasMessageContaining("adress");
    assertThatThrownBy(() -> chart().set("profile", "huge").call()).hasMessageContaining("profile");
    assertThatThrownBy(() -> chart().set("address", "node").call()).hasMessageContaining("address");
  }

  @Test
  void values_everyOne_isDocumented() throws IOException {
    String text = Files.readString(CHART.resolve("values.yaml"));
    Map<String, Object> values =
        Manifest.mapping(new Load(LoadSettings.builder().build()).loadFromString(text));
    String schema = Files.readString(CHART.resolve("values.schema.json"));

    for (String paragraph : text.split("\n\n", -1)) {
      assertThat(paragraph).matches("(?s)#.*");
    }
    assertThat(values.keySet())
        .hasSizeGreaterThan(10)
        .allSatisfy(key -> assertThat(schema).contains("\"" + key + "\": {"));
  }

  private static TemplateCommand chart() {
    return new Helm(CHART)
        .template()
        .withName("holdfast")
        .withNamespace("kube-system")
        .withKubeVersion("v1.34.0");
  }
}
