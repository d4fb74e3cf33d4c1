package dev.holdfast;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the packages of the production code, and which library lives where. A new
 * package or library is added to the tables here together with what may use it.
 */
class ArchitectureTest {

  private static final String BASE = "dev.holdfast";

  /** How the tables call the base package itself, where the object graph is built. */
  private static final String ROOT = "root";

  private static final Set<String> WALK =
      Set.of("wire", "datagram", "cache", "hold", "policy", "upstream", "store", "resolve");

  /** What every package may use. */
  private static final Set<String> LEAVES = Set.of("metrics", "json");

  /** Package to the packages that it may use beside the leaves; the arrows point down only. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("json", Set.of()),
          Map.entry("log", Set.of()),
          Map.entry("metrics", Set.of()),
          Map.entry("wire", Set.of()),
          Map.entry("datagram", Set.of()),
          Map.entry("demo", Set.of()),
          Map.entry("cache", Set.of("wire")),
          Map.entry("hold", Set.of("wire", "cache")),
          Map.entry("store", Set.of("wire", "cache")),
          Map.entry("policy", Set.of("wire", "cache")),
          Map.entry("lists", Set.of("wire", "policy")),
          Map.entry("upstream", Set.of("wire", "cache", "datagram")),
          Map.entry("resolve", Set.of("wire", "cache", "hold", "policy", "upstream", "store")),
          Map.entry("tap", Set.of("wire", "datagram", "resolve")),
          Map.entry("listener", Set.of("wire", "datagram", "resolve")),
          Map.entry("config", with(WALK, "lists", "listener", "admin", "log", "tap")),
          Map.entry("operate", with(WALK, "lists")),
          Map.entry("scrape", with(WALK, "lists", "operate")),
          Map.entry("admin", with(WALK, "lists", "listener", "operate", "tap")),
          Map.entry(
              ROOT,
              with(
                  WALK, "lists", "listener", "config", "operate", "scrape", "admin", "log", "tap")),
          Map.entry("replay", with(WALK, "config", "demo", ROOT)),
          Map.entry("report", Set.of("replay")),
          Map.entry("bench", Set.of("wire", "datagram")),
          Map.entry("manual", Set.of()),
          Map.entry(
              "cli",
              with(
                  WALK,
                  "lists",
                  "listener",
                  "config",
                  "operate",
                  "admin",
                  "demo",
                  "replay",
                  "report",
                  "manual",
                  "log",
                  "bench",
                  ROOT)));

  private static final Set<String> SOCKETS =
      Set.of("datagram", "listener", "upstream", "admin", ROOT);

  /** Package prefix of a library to the packages that may use it; the longest prefix decides. */
  private static final Map<String, Set<String>> LIBRARIES =
      Map.ofEntries(
          Map.entry("java.", ARROWS.keySet()),
          Map.entry("javax.", ARROWS.keySet()),
          Map.entry("jdk.net.", SOCKETS),
          Map.entry("org.jspecify.", ARROWS.keySet()),
          Map.entry("com.github.benmanes.caffeine.", Set.of("cache")),
          // In lists for the data of records, while a file is read, never on a packet.
          Map.entry("org.xbill.", Set.of("demo", "replay", "cli", "lists")),
          Map.entry("org.snakeyaml.", Set.of("config", "report")),
          Map.entry("org.HdrHistogram.", Set.of("bench")),
          Map.entry("picocli.", Set.of("cli", "manual")),
          Map.entry("io.micrometer.", Set.of("scrape")),
          Map.entry("io.prometheus.", Set.of("scrape")),
          Map.entry("org.slf4j.", without(ARROWS.keySet(), "wire", "demo", "json")),
          Map.entry("ch.qos.logback.", Set.of("log")),
          Map.entry("io.netty.", with(SOCKETS, "resolve")),
          Map.entry("io.netty.bootstrap.", SOCKETS),
          Map.entry("io.netty.channel.", SOCKETS),
          Map.entry("io.netty.handler.", SOCKETS));

  /** Classes that may draw predictable numbers, because none of them is seen or worth guessing. */
  private static final Map<String, String> MAY_BE_GUESSED =
      Map.of(
          BASE + ".cache.FailureMemory", "spreads the times of retries",
          BASE + ".hold.Holds", "spreads the times of retries",
          BASE + ".bench.Zipf", "makes the same load in every run",
          BASE + ".demo.Behaviour", "damages replies the same way in every run");

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(BASE);

  @Test
  void packages_all_areFlatAndInTheTable() {
    assertThat(ARROWS.keySet()).containsAll(packageNames());
  }

  @Test
  void packages_all_useOnlyPackagesBelow() {
    assertThat(dependenciesWhere(ArchitectureTest::pointsUp)).isEmpty();
  }

  @Test
  void packages_all_haveNoCycles() {
    slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(PRODUCTION);
  }

  @Test
  void packages_all_areNullMarked() {
    PRODUCTION.stream()
        .map(JavaClass::getPackage)
        .distinct()
        .forEach(
            each ->
                assertThat(each.isAnnotatedWith(NullMarked.class))
                    .as("@NullMarked in the package-info of %s", each.getName())
                    .isTrue());
  }

  @Test
  void libraries_all_areUsedOnlyWhereTheyBelong() {
    assertThat(dependenciesWhere(ArchitectureTest::usesForeignLibrary)).isEmpty();
  }

  @Test
  @Attack(value = Threat.OFF_PATH_SPOOFING, kind = TestKind.PROCESS)
  void randomness_predictableSources_areNotUsed() {
    noClasses()
        .that(describe("draw secrets", type -> !MAY_BE_GUESSED.containsKey(type.getName())))
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Random.class, ThreadLocalRandom.class, SplittableRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(Collections.class, "shuffle", List.class)
        .because("ids, ports, cookies and choices must not be predictable")
        .check(PRODUCTION);
  }

  @Test
  void standardStreams_outsideCommands_areNotUsed() {
    noClasses()
        .that()
        .resideOutsideOfPackages(BASE + ".cli", BASE + ".demo")
        .should(ACCESS_STANDARD_STREAMS)
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(PRODUCTION);
  }

  @Test
  void misses_inFields_areNullableNotOptional() {
    noFields().should().haveRawType(Optional.class).check(PRODUCTION);
  }

  private static boolean pointsUp(Dependency dependency) {
    String origin = packageOf(dependency.getOriginClass());
    String target = packageOf(dependency.getTargetClass());
    return isOurs(dependency.getTargetClass())
        && !target.equals(origin)
        && !LEAVES.contains(target)
        && !ARROWS.getOrDefault(origin, Set.of()).contains(target);
  }

  private static boolean usesForeignLibrary(Dependency dependency) {
    JavaClass target = dependency.getTargetClass().getBaseComponentType();
    if (target.isPrimitive() || isOurs(target)) {
      return false;
    }
    return LIBRARIES.entrySet().stream()
        .filter(library -> target.getName().startsWith(library.getKey()))
        .max(Comparator.comparingInt(library -> library.getKey().length()))
        .map(library -> !library.getValue().contains(packageOf(dependency.getOriginClass())))
        .orElse(true);
  }

  private static List<String> dependenciesWhere(Predicate<Dependency> forbidden) {
    return PRODUCTION.stream()
        .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
        .filter(forbidden)
        .map(Dependency::getDescription)
        .distinct()
        .sorted()
        .toList();
  }

  private static Set<String> packageNames() {
    return PRODUCTION.stream().map(ArchitectureTest::packageOf).collect(Collectors.toSet());
  }

  private static boolean isOurs(JavaClass type) {
    return type.getBaseComponentType().getPackageName().startsWith(BASE);
  }

  private static String packageOf(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    return name.equals(BASE) ? ROOT : name.substring(name.startsWith(BASE) ? BASE.length() + 1 : 0);
  }

  private static Set<String> with(Set<String> names, String... more) {
    return Stream.concat(names.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
  }

  private static Set<String> without(Set<String> names, String... fewer) {
    return names.stream()
        .filter(name -> !Set.of(fewer).contains(name))
        .collect(Collectors.toUnmodifiableSet());
  }
}
