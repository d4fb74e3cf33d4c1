package dev.holdfast.admin;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of an admin server, each with one of its own. */
abstract class AdminTests {

  AdminFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = new AdminFixture();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }
}
