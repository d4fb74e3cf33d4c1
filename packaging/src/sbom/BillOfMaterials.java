import dev.holdfast.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Writes the bill of materials of a distribution (CycloneDX 1.6, ECMA-424): every library that it
 * ships with version, purl, SHA-256 and the licences that its POM or the POM's parents declare.
 * Needs nothing but what Maven resolved, so it works offline. The build runs it as a source file.
 */
public final class BillOfMaterials {

  /** A line of Maven's list: group, artefact, classifier if any, version, scope, file, module. */
  private static final Pattern LIBRARY =
      Pattern.compile(
          " *(?<group>[^:]+):(?<name>[^:]+):jar:((?<classifier>[^:]+):)?(?<version>[^:]+)"
              + ":(compile|runtime):(?<file>.+?)( -- .*)?");

  /** Names in the SPDX list, by what the addresses of those licences contain. */
  private static final Map<String, String> SPDX =
      Map.of(
          "spdx.org/licenses/LGPL-2.1-only", "LGPL-2.1-only",
          "apache.org/licenses/LICENSE-2.0", "Apache-2.0",
          "opensource.org/licenses/MIT", "MIT",
          "opensource.org/license/mit", "MIT",
          "opensource.org/licenses/BSD-2-Clause", "BSD-2-Clause",
          "opensource.org/licenses/BSD-3-Clause", "BSD-3-Clause",
          "creativecommons.org/publicdomain/zero/1.0", "CC0-1.0",
          "eclipse.org/legal/epl-v10", "EPL-1.0",
          "eclipse.org/legal/epl-v20", "EPL-2.0");

  /** Maven colours parts of the list when it writes to a terminal. */
  private static final Pattern COLOUR = Pattern.compile("\\e\\[[0-9;]*m");

  private BillOfMaterials() {}

  /** Arguments: Maven's list of dependencies, the version and time of the build, the output. */
  public static void main(String[] arguments) throws Exception {
    List<Map<String, Object>> components = new ArrayList<>();
    for (String listed : Files.readAllLines(Path.of(arguments[0]))) {
      String line = COLOUR.matcher(listed).replaceAll("");
      Matcher library = LIBRARY.matcher(line);
      if (library.matches()) {
        components.add(component(library));
      } else if (line.contains(":")
          && !line.isBlank()
          && !line.equals("The following files have been resolved:")) {
        throw new IOException("not a library: \"" + line + "\"");
      }
    }
    components.sort(Comparator.comparing(each -> each.get("purl").toString()));
    Path output = Path.of(arguments[3]);
    Files.createDirectories(output.getParent());
    Files.writeString(output, document(arguments[1], arguments[2], components));
  }

  /** One component per line, so that two bills can be compared by eye. */
  private static String document(
      String version, String time, List<Map<String, Object>> components) {
    Map<String, Object> product = new LinkedHashMap<>();
    product.put("type", "application");
    product.put("bom-ref", "holdfast@" + version);
    product.put("name", "holdfast");
    product.put("version", version);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("timestamp", time);
    metadata.put("component", product);
    return """
    {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
    "metadata": %s,
    "components": [
    %s
    ]}
    """
        .formatted(
            Json.write(metadata),
            components.stream().map(Json::write).collect(Collectors.joining(",\n")));
  }

  private static Map<String, Object> component(Matcher library) throws Exception {
    Path file = Path.of(library.group("file"));
    String classifier = library.group("classifier");
    String purl =
        "pkg:maven/%s/%s@%s?%stype=jar"
            .formatted(
                library.group("group"),
                library.group("name"),
                library.group("version"),
                classifier == null ? "" : "classifier=" + classifier + "&");
    List<Map<String, Object>> licences = licences(pomOf(file, library));
    if (licences.isEmpty()) {
      throw new IOException("no licence is declared: " + purl);
    }
    Map<String, Object> component = new LinkedHashMap<>();
    component.put("type", "library");
    component.put("bom-ref", purl);
    component.put("group", library.group("group"));
    component.put("name", library.group("name"));
    component.put("version", library.group("version"));
    component.put("hashes", List.of(hash(file)));
    component.put("licenses", licences);
    component.put("purl", purl);
    return component;
  }

  private static Map<String, String> hash(Path file) throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    Map<String, String> hash = new LinkedHashMap<>();
    hash.put("alg", "SHA-256");
    hash.put("content", HexFormat.of().formatHex(digest));
    return hash;
  }

  /** A library's POM is beside it in the local repository; a module's above its build folder. */
  private static Path pomOf(Path file, Matcher library) {
    Path beside =
        file.resolveSibling(library.group("name") + "-" + library.group("version") + ".pom");
    return Files.exists(beside) ? beside : file.getParent().resolveSibling("pom.xml");
  }

  /** Returns the licences of a POM, or of the nearest parent that has any. */
  private static List<Map<String, Object>> licences(Path pom) throws Exception {
    Element project =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(pom.toFile())
            .getDocumentElement();
    List<Map<String, Object>> found = new ArrayList<>();
    for (Element licences : children(project, "licenses")) {
      for (Element licence : children(licences, "license")) {
        found.add(Map.of("license", licence(text(licence, "name"), text(licence, "url"))));
      }
    }
    List<Element> parents = children(project, "parent");
    return found.isEmpty() && !parents.isEmpty()
        ? licences(parentOf(pom, project, parents.getFirst()))
        : found;
  }

  private static Path parentOf(Path pom, Element project, Element parent) {
    if (pom.endsWith("pom.xml")) {
      return pom.getParent().resolveSibling("pom.xml");
    }
    String group = text(children(project, "groupId").isEmpty() ? parent : project, "groupId");
    Path repository = pom.getParent().getParent().getParent();
    for (int i = 0; i < group.split("\\.").length; i++) {
      repository = repository.getParent();
    }
    String name = text(parent, "artifactId");
    String version = text(parent, "version");
    return repository
        .resolve(text(parent, "groupId").replace('.', '/'))
        .resolve(name)
        .resolve(version)
        .resolve(name + "-" + version + ".pom");
  }

  private static Map<String, Object> licence(String name, String url) {
    Map<String, Object> licence = new LinkedHashMap<>();
    String id =
        SPDX.entrySet().stream()
            .filter(entry -> url.contains(entry.getKey()) || name.equals(entry.getValue()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
    licence.put(id.isEmpty() ? "name" : "id", id.isEmpty() ? name : id);
    if (!url.isEmpty()) {
      licence.put("url", url);
    }
    return licence;
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }

  private static String text(Element parent, String name) {
    List<Element> children = children(parent, name);
    return children.isEmpty() ? "" : children.getFirst().getTextContent().strip();
  }
}
