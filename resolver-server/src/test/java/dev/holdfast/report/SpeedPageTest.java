package dev.holdfast.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpeedPageTest {

  private @TempDir Path folder;

  @Test
  void table_rounds_showsMediansFastestFirst() throws IOException {
    write("cached.fast.1", phase("fast", 300));
    write("cached.fast.2", phase("fast", 500));
    write("cached.fast.3", phase("fast", 400));
    write("cached.echo.1", phase("echo", 800));
    write("start.fast", "{\"label\": \"fast\", \"startMillis\": 210, \"idleMegabytes\": 60}");

    List<String> table = SpeedPage.table(folder);

    assertThat(table).hasSize(3);
    assertThat(table.get(1)).startsWith("echo ").contains(" 800 ", " 1.00 ");
    assertThat(table.get(2)).startsWith("fast ").contains(" 400 ", " 0.50 ", " 1.000 ", " 210 ");
  }

  @Test
  void write_page_hasTableAndBarsForWhatWasMeasured() throws IOException {
    write("cached.fast.1", phase("fast", 300));
    write("steady.fast.1", phase("<fast>", 300));
    Path page = folder.resolve("index.html");

    SpeedPage.write(page, folder);

    assertThat(Files.readString(page))
        .contains("Cached answers per second", "Latency at a steady rate", "&lt;fast&gt;")
        .doesNotContain("<fast>", "Misses per second", "first answer");
  }

  @Test
  void write_environmentIsToldOf_pageSaysIt() throws IOException {
    write("cached.fast.1", phase("fast", 300));
    Files.writeString(folder.resolve("environment.txt"), "2 cores\nfast <1.0>\n");
    Path page = folder.resolve("index.html");

    SpeedPage.write(page, folder);

    assertThat(Files.readString(page)).contains("<p>2 cores</p>", "<p>fast &lt;1.0&gt;</p>");
  }

  @Test
  void table_foreignFile_isNamed() throws IOException {
    write("other", "[]");

    assertThatThrownBy(() -> SpeedPage.table(folder))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("other.json: not written by a comparison");
  }

  private static String phase(String label, int rate) {
    return """
    {"label": "%s", "phases": [{"answersPerSecond": %d, "sent": 100, "lost": 1,
    "serverCpuMicros": 2.5, "serverBytes": 1048576,
    "latencyMillis": {"50.0": 0.1, "99.0": 0.2, "99.9": 0.3}}]}
    """
        .formatted(label, rate);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name + ".json"), text);
  }
}
