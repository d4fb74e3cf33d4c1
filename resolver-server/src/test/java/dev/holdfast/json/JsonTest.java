package dev.holdfast.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @Test
  void write_everyKind_isWhatItLooksLike() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("text", "a\"b\\c");
    map.put("number", 42);
    map.put("fraction", 0.5);
    map.put("not a number", Double.NaN);
    map.put("truth", true);
    map.put("list", List.of(1, "x"));
    map.put("nothing", null);

    assertThat(Json.write(map))
        .isEqualTo(
            "{\"text\": \"a\\\"b\\\\c\", \"number\": 42, \"fraction\": 0.5, \"not a number\": null,"
                + " \"truth\": true, \"list\": [1, \"x\"], \"nothing\": null}");
  }

  @Test
  void write_strangeCharacters_areEscaped() {
    assertThat(Json.write("<\u0000\n\u2028\u00e9&>\u007f"))
        .isEqualTo("\"\\u003c\\u0000\\u000a\\u2028\\u00e9\\u0026\\u003e\\u007f\"");
  }

  @Test
  void read_everyCharacter_isWhatWasWritten() {
    StringBuilder text = new StringBuilder();
    for (int c = 0; c < Character.MAX_VALUE; c++) {
      text.append((char) c);
    }

    assertThat(JsonReader.read(Json.write(text.toString()))).isEqualTo(text.toString());
  }

  @Test
  void read_foreignJson_isUnderstood() {
    String json = " { \"a\" : [ ] , \"b\":{}, \"c\":[1,-2.5e3,\"\\t\\u00E9\\/\"], \"d\":null }\n";

    Map<?, ?> map = JsonReader.readObject(json);

    assertThat(map.keySet()).map(String::valueOf).containsExactly("a", "b", "c", "d");
    assertThat(map.get("c")).isEqualTo(List.of(1L, -2500.0, "\t\u00e9/"));
    assertThat(map.get("d")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[1",
        "[1,]",
        "{\"a\"}",
        "{\"a\":1,}",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "nul",
        "1 2",
        "-",
        "<html>",
        "\"\n\""
      })
  void read_noJson_saysWhere(String text) {
    assertThatThrownBy(() -> JsonReader.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not JSON at character");
  }

  @Test
  void read_nestedTooDeeply_isRefused() {
    assertThatThrownBy(() -> JsonReader.read("[".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nested");
  }
}
