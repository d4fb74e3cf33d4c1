package dev.holdfast.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import dev.holdfast.json.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object per event and line: time, level, message, and what the event says of itself under
 * names of its own, {@code event} first. Thread-safe.
 */
final class JsonLayout extends LayoutBase<ILoggingEvent> {

  @Override
  public String doLayout(ILoggingEvent event) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("time", Instant.ofEpochMilli(event.getTimeStamp()).toString());
    fields.put("level", event.getLevel().toString());
    List<KeyValuePair> particulars = event.getKeyValuePairs();
    if (particulars != null) {
      particulars.forEach(particular -> fields.put(particular.key, particular.value));
    }
    fields.put("message", event.getFormattedMessage());
    if (event.getThrowableProxy() != null) {
      fields.put("exception", Throwables.text(event.getThrowableProxy()));
    }
    return Json.write(fields) + System.lineSeparator();
  }
}
