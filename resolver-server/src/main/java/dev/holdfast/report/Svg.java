package dev.holdfast.report;

import java.util.Locale;
import java.util.function.DoubleFunction;

/** Builds one figure of fixed width with a time axis. Confined to one thread. */
final class Svg {

  static final int WIDTH = 1000;
  static final int LEFT = 62;
  static final int RIGHT = 990;

  private final StringBuilder svg = new StringBuilder(1 << 14);
  private final double start;
  private final double end;

  /** A figure whose time axis goes from {@code start} to {@code end}, in whatever unit. */
  Svg(int height, double start, double end, String description) {
    this.start = start;
    this.end = end;
    svg.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(height);
    svg.append("\" role=\"img\" aria-label=\"").append(Page.escape(description)).append("\">\n");
  }

  /** Where a time is. */
  double x(double time) {
    return LEFT + (time - start) / (end - start) * (RIGHT - LEFT);
  }

  void frame(int top, int height) {
    rect("frame", LEFT, top, RIGHT - LEFT, height);
  }

  void rect(String style, double x, double y, double width, double height) {
    svg.append("<rect class=\"").append(style).append("\" x=\"").append(number(x));
    svg.append("\" y=\"").append(number(y)).append("\" width=\"").append(number(width));
    svg.append("\" height=\"").append(number(height)).append("\"/>\n");
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    svg.append("<path class=\"").append(style).append("\" d=\"M").append(number(x1)).append(' ');
    svg.append(number(y1)).append('L').append(number(x2)).append(' ').append(number(y2));
    svg.append("\"/>\n");
  }

  /** A text that ends, begins or is centred at {@code x}. */
  void text(String anchor, double x, double y, String text) {
    svg.append("<text text-anchor=\"").append(anchor).append("\" x=\"").append(number(x));
    svg.append("\" y=\"").append(number(y)).append("\">").append(Page.escape(text));
    svg.append("</text>\n");
  }

  /** Marks along the time axis with what {@code label} says of each. */
  void axis(double y, double step, DoubleFunction<String> label) {
    for (double time = Math.ceil(start / step) * step; time <= end; time += step) {
      line("grid", x(time), y, x(time), y + 4);
      text("middle", x(time), y + 15, label.apply(time));
    }
  }

  void raw(CharSequence elements) {
    svg.append(elements);
  }

  String end() {
    return svg.append("</svg>\n").toString();
  }

  static String number(double value) {
    return value == Math.rint(value)
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
