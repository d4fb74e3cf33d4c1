package dev.holdfast.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.HoldfastConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of a pod with a Holdfast of its own. */
class SidecarTest {

  @TempDir Path folder;

  private final List<Manifest> manifests = Manifest.parse(read("sidecar.yaml"));

  @Test
  void example_fitsTheApi() throws IOException {
    for (Manifest each : manifests) {
      each.validate();
    }
  }

  @Test
  void example_asksItselfAndTheClusterBehindIt() throws Exception {
    Map<String, Object> pod = pod();
    HoldfastConfig config = Configurations.read(manifests, folder);

    assertThat(pod).containsEntry("dnsPolicy", "None");
    assertThat(Manifest.below(pod, "dnsConfig")).containsEntry("nameservers", List.of("127.0.0.1"));
    assertThat(config.listen().toString()).contains("/127.0.0.1:53");
    assertThat(config.upstreams().toString()).contains("10.96.0.10");
  }

  /** Pod Security Standards, level restricted. */
  @Test
  void example_isRestricted() {
    Map<String, Object> pod = pod();
    Map<String, Object> own = Manifest.below(pod, "securityContext");
    Map<String, Object> container = Manifest.first(pod, "initContainers");
    Map<String, Object> security = Manifest.below(container, "securityContext");

    assertThat(pod).doesNotContainKeys("hostNetwork", "hostPID", "hostIPC");
    assertThat(own).containsEntry("runAsNonRoot", true);
    assertThat(own.get("seccompProfile")).isEqualTo(Map.of("type", "RuntimeDefault"));
    assertThat(own)
        .containsEntry(
            "sysctls",
            List.of(Map.of("name", "net.ipv4.ip_unprivileged_port_start", "value", "0")));
    assertThat(security)
        .containsEntry("allowPrivilegeEscalation", false)
        .containsEntry("readOnlyRootFilesystem", true)
        .containsEntry("capabilities", Map.of("drop", List.of("ALL")));
    assertThat(container).containsEntry("restartPolicy", "Always");
  }

  private Map<String, Object> pod() {
    return Manifest.only(manifests, "Deployment").at("spec", "template", "spec");
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
