package dev.holdfast.threats;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Marks a test, or a class of tests, that shows that an attack fails. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@Tag("attack")
public @interface Attack {

  /** The attacks that fail here. */
  Threat[] value();

  /**
   * What the test is made of, if that is not what its place says: real sockets in packages that
   * have to do with them, nothing but the process elsewhere.
   */
  TestKind[] kind() default {};
}
