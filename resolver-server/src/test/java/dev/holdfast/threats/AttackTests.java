package dev.holdfast.threats;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Which tests show which attack failing, as their marks say. */
final class AttackTests {

  private static final String BASE = "dev.holdfast";

  /** Packages whose tests have real sockets. */
  private static final Set<String> ON_SOCKETS =
      Set.of("", ".admin", ".e2e", ".listener", ".upstream");

  private AttackTests() {}

  /** Returns the tests of every attack by name, with their kind. */
  static Map<Threat, SortedMap<String, TestKind>> find() {
    List<Method> tests =
        ReflectionSupport.streamAllClassesInPackage(BASE, type -> true, name -> true)
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
            .toList();
    Map<Threat, SortedMap<String, TestKind>> found = new EnumMap<>(Threat.class);
    for (Threat threat : Threat.values()) {
      SortedMap<String, TestKind> names = new TreeMap<>();
      tests.stream()
          .filter(test -> marks(test).anyMatch(mark -> List.of(mark.value()).contains(threat)))
          .forEach(test -> names.put(name(test), kind(test)));
      found.put(threat, names);
    }
    return found;
  }

  private static TestKind kind(Method test) {
    return marks(test)
        .flatMap(mark -> Stream.of(mark.kind()))
        .findFirst()
        .orElseGet(() -> kindByPlace(test));
  }

  private static TestKind kindByPlace(Method test) {
    if (AnnotationSupport.isAnnotated(test, FuzzTest.class)) {
      return TestKind.FUZZ;
    }
    String place = test.getDeclaringClass().getPackageName().substring(BASE.length());
    return ON_SOCKETS.contains(place) ? TestKind.SOCKETS : TestKind.PROCESS;
  }

  /** Returns how the page calls a test: {@code hold.HoldsTest.method}. */
  static String name(Method test) {
    return test.getDeclaringClass().getName().substring(BASE.length() + 1) + "." + test.getName();
  }

  /** Returns the marks of a test, its own before that of its class. */
  private static Stream<Attack> marks(Method test) {
    return Stream.of(test, test.getDeclaringClass())
        .flatMap(each -> AnnotationSupport.findAnnotation(each, Attack.class).stream());
  }
}
