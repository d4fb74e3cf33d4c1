package dev.holdfast.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Names;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Answers keep to their routes when these are numbered anew. */
class JournalRoutesTest extends JournalTests {

  @Test
  void load_routesNumberedAnew_followsTheirSuffixes() throws Exception {
    fixture.routes = new NamedRoutes(".", "corp.example");
    fixture.crash();
    fixture.learn(Answers.key(0, "www.example.org"), 1);
    fixture.learn(Answers.key(1, "www.corp.example"), 2);
    fixture.journal.turn();
    fixture.routes = new NamedRoutes("other.example", "corp.example", ".");
    fixture.crash();

    assertThat(fixture.load())
        .containsOnly(
            Map.entry(Answers.key(2, "www.example.org"), 1),
            Map.entry(Answers.key(1, "www.corp.example"), 2));
  }

  @Test
  void load_routeGone_leavesItsAnswersOut() throws Exception {
    fixture.routes = new NamedRoutes(".", "corp.example");
    fixture.crash();
    fixture.learn(Answers.key(1, "www.corp.example"), 2);
    fixture.journal.turn();
    fixture.routes = RouteNames.ROOT_ONLY;
    fixture.crash();
    assertThat(fixture.load()).isEmpty();

    fixture.routes = new NamedRoutes(".", "corp.example");
    fixture.crash();
    assertThat(fixture.load()).containsOnlyKeys(Answers.key(1, "www.corp.example"));
  }

  /** Routes with the given suffixes, numbered from 0. */
  private static final class NamedRoutes implements RouteNames {

    private final List<byte[]> suffixes;

    NamedRoutes(String... suffixes) {
      this.suffixes = Arrays.stream(suffixes).map(Names::parse).toList();
    }

    @Override
    public byte @Nullable [] suffixOf(int route) {
      return route < suffixes.size() ? suffixes.get(route) : null;
    }

    @Override
    public int routeOf(byte[] suffix) {
      for (int i = 0; i < suffixes.size(); i++) {
        if (Arrays.equals(suffixes.get(i), suffix)) {
          return i;
        }
      }
      return NONE;
    }
  }
}
