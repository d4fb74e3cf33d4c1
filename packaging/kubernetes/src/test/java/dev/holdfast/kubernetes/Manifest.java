package dev.holdfast.kubernetes;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1DaemonSet;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** One object of the Kubernetes API, read from YAML. Immutable. */
record Manifest(Map<String, Object> content) {

  private static final Gson GSON = new Gson();

  /** Reads all objects of a file. */
  static List<Manifest> parse(String yaml) {
    List<Manifest> manifests = new ArrayList<>();
    for (Object each : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      if (each != null) {
        manifests.add(new Manifest(mapping(each)));
      }
    }
    return manifests;
  }

  /** Returns the object of a kind, of which there has to be one. */
  static Manifest only(List<Manifest> manifests, String kind) {
    List<Manifest> found = manifests.stream().filter(each -> each.kind().equals(kind)).toList();
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  String kind() {
    return String.valueOf(content.get("kind"));
  }

  /** Fails if a field is unknown to the API, of another type, or missing. */
  void validate() throws IOException {
    JsonElement json = GSON.toJsonTree(content);
    switch (content.get("apiVersion") + " " + kind()) {
      case "v1 ConfigMap" -> V1ConfigMap.validateJsonElement(json);
      case "v1 ServiceAccount" -> V1ServiceAccount.validateJsonElement(json);
      case "apps/v1 DaemonSet" -> V1DaemonSet.validateJsonElement(json);
      case "apps/v1 Deployment" -> V1Deployment.validateJsonElement(json);
      default -> throw new AssertionError("no schema known for " + kind());
    }
  }

  /** Returns the mapping below some keys. */
  Map<String, Object> at(String... keys) {
    Map<String, Object> here = content;
    for (String key : keys) {
      here = below(here, key);
    }
    return here;
  }

  /** Returns the mapping that a mapping has under a key. */
  static Map<String, Object> below(Map<String, Object> mapping, String key) {
    return mapping(requireNonNull(mapping.get(key), key));
  }

  /** Returns the first of the sequence that a mapping has under a key. */
  static Map<String, Object> first(Map<String, Object> mapping, String key) {
    return mapping(((List<?>) requireNonNull(mapping.get(key), key)).getFirst());
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> mapping(Object value) {
    return (Map<String, Object>) value;
  }
}
