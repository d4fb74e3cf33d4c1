package dev.holdfast.threats;

import static java.util.stream.Collectors.toCollection;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Which tests show which attack failing, as their marks say. */
final class AttackTests {

  private static final String BASE = "dev.holdfast";

  private AttackTests() {}

  /** Returns the names of the tests of every attack. */
  static Map<Threat, SortedSet<String>> find() {
    List<Method> tests =
        ReflectionSupport.streamAllClassesInPackage(BASE, type -> true, name -> true)
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
            .toList();
    Map<Threat, SortedSet<String>> found = new EnumMap<>(Threat.class);
    for (Threat threat : Threat.values()) {
      found.put(
          threat,
          tests.stream()
              .filter(test -> shows(test, threat) || shows(test.getDeclaringClass(), threat))
              .map(AttackTests::name)
              .collect(toCollection(TreeSet::new)));
    }
    return found;
  }

  /** Returns how the page calls a test: {@code hold.HoldsTest.method}. */
  static String name(Method test) {
    return test.getDeclaringClass().getName().substring(BASE.length() + 1) + "." + test.getName();
  }

  private static boolean shows(AnnotatedElement marked, Threat threat) {
    return AnnotationSupport.findAnnotation(marked, Attack.class).stream()
        .flatMap(mark -> Stream.of(mark.value()))
        .anyMatch(threat::equals);
  }
}
