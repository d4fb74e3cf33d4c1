package dev.holdfast.cli;

import static dev.holdfast.cli.ReplayServerOptions.single;

import dev.holdfast.config.Machine;
import dev.holdfast.config.Suggestions;
import dev.holdfast.log.LogSetup;
import dev.holdfast.replay.Day;
import dev.holdfast.replay.DayResult;
import dev.holdfast.replay.Outcome;
import dev.holdfast.replay.Pace;
import dev.holdfast.replay.RealDay;
import dev.holdfast.replay.Replay;
import dev.holdfast.replay.Result;
import dev.holdfast.replay.Scenario;
import dev.holdfast.replay.Scenarios;
import dev.holdfast.replay.ServerUnderTest;
import dev.holdfast.replay.VirtualDay;
import dev.holdfast.report.DayTable;
import dev.holdfast.report.Page;
import dev.holdfast.report.Report;
import dev.holdfast.report.ReportFile;
import dev.holdfast.report.ResultTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Breaks embedded upstreams in many ways and shows what a resolver makes of it. */
final class ReplayCommand implements Callable<Integer> {

  private static final int DEFAULT_PARALLEL = 4;
  private static final int MAX_PARALLEL = 99;
  private static final int DEFAULT_SCALE = 60;
  private static final int MAX_SCALE = 9999;
  private static final String DAY = "day";

  private final PositionalParamSpec scenarios =
      PositionalParamSpec.builder()
          .index("0..*")
          .arity("0..*")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .paramLabel("SCENARIO")
          .description(
              "What to play: scenarios of --list, or day. Default: all scenarios of --list.")
          .build();
  private final OptionSpec list =
      OptionSpec.builder("--list")
          .type(boolean.class)
          .arity("0")
          .description("List the scenarios and what is demanded in each.")
          .build();
  private final OptionSpec parallel =
      single("--parallel", "N", "Scenarios played at a time. Default: " + DEFAULT_PARALLEL + ".");
  private final OptionSpec scale =
      single(
          "--scale",
          "N",
          "Play the day against a running server, N seconds of it in one. Default for other servers"
              + " than this: "
              + DEFAULT_SCALE
              + ".");
  private final OptionSpec html =
      single("--html", "FILE", "Write a page with plots that needs nothing but itself.");
  private final OptionSpec json = single("--json", "FILE", "Write everything that was measured.");
  private final OptionSpec compare =
      OptionSpec.builder("--compare")
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("1..*")
          .paramLabel("FILE")
          .description("Play nothing; show what was written with --json, side by side.")
          .build();
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
  private final ReplayServerOptions server;

  ReplayCommand(Machine machine, Path installedConfig) {
    spec.usageMessage()
        .description(
            "Break embedded upstreams in many ways and show what the server makes of each outage.",
            "Exits with 1 when something demanded was missed.");
    spec.addPositional(scenarios).addOption(list);
    server = new ReplayServerOptions(machine, installedConfig, spec);
    spec.addOption(parallel).addOption(scale).addOption(html).addOption(json).addOption(compare);
    spec.addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> names = values(scenarios.getValue());
    List<String> files = values(compare.getValue());
    if (Boolean.TRUE.equals(list.getValue())) {
      chosen(names).forEach(this::describe);
      return Main.OK;
    }
    if (!files.isEmpty()) {
      return compare(files);
    }
    int scenariosAtATime = number(parallel, DEFAULT_PARALLEL, MAX_PARALLEL);
    if (names.contains(DAY)) {
      if (names.size() > 1) {
        throw usage(DAY + " (expected it alone)");
      }
      return playDay(number(scale, DEFAULT_SCALE, MAX_SCALE));
    }
    return play(chosen(names), scenariosAtATime);
  }

  private int play(List<Scenario> chosen, int scenariosAtATime)
      throws IOException, InterruptedException {
    ServerUnderTest.Starter starter = server.starter();
    starter.check();
    LogSetup.onlyErrors();
    ReplayProgress progress = new ReplayProgress(spec.commandLine().getErr(), chosen.size());
    List<Result> results = Replay.play(chosen, Pace.FULL, starter, scenariosAtATime, progress);
    progress.end();
    finish(new Report(server.name(starter), results, null));
    return results.stream().allMatch(ResultTable::allMet) ? Main.OK : Main.FAILURE;
  }

  private int playDay(int secondsInOne) throws IOException {
    ServerUnderTest.Starter starter = server.starter();
    starter.check();
    LogSetup.onlyErrors();
    PrintWriter err = spec.commandLine().getErr();
    err.println(Day.SENTENCE);
    DoubleConsumer progress =
        second -> err.printf("%02d:%02d%n", (long) second / 3600, (long) second / 60 % 60);
    boolean fast = server.isOwn() && scale.getValue() == null;
    DayResult day =
        fast
            ? VirtualDay.play(Day.FULL, server.dayConfig(), progress)
            : RealDay.play(Day.FULL, secondsInOne, starter, progress);
    finish(new Report(server.name(starter), List.of(), day));
    return day.count(Outcome.WRONG) == 0 ? Main.OK : Main.FAILURE;
  }

  private int compare(List<String> files) throws IOException {
    List<Report> reports = new ArrayList<>();
    for (String file : files) {
      reports.add(ReportFile.read(Path.of(file)));
    }
    List<Report> merged = Report.merged(reports);
    merged.forEach(this::show);
    writePage(merged);
    return Main.OK;
  }

  private void finish(Report report) throws IOException {
    show(report);
    if (json.getValue() != null) {
      ReportFile.write(Path.of(json.<String>getValue()), report);
    }
    writePage(List.of(report));
  }

  private void writePage(List<Report> reports) throws IOException {
    if (html.getValue() != null) {
      Page.write(Path.of(html.<String>getValue()), reports);
    }
  }

  private void show(Report report) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(report.server());
    if (!report.results().isEmpty()) {
      ResultTable.lines(report.results()).forEach(out::println);
      out.println(ResultTable.summary(report.results()));
    }
    DayResult day = report.day();
    if (day != null) {
      DayTable.lines(day).forEach(out::println);
    }
    out.println();
  }

  private void describe(Scenario scenario) {
    String bars = scenario.bars().stream().map(String::valueOf).collect(Collectors.joining(", "));
    PrintWriter out = spec.commandLine().getOut();
    out.println(scenario.name() + ": " + scenario.sentence());
    out.println("    " + bars);
  }

  private List<Scenario> chosen(List<String> names) {
    if (names.isEmpty()) {
      return Scenarios.all();
    }
    List<Scenario> chosen = new ArrayList<>();
    for (String name : names) {
      Scenario scenario = Scenarios.named(name);
      if (scenario == null) {
        List<String> known = Scenarios.all().stream().map(Scenario::name).toList();
        String closest = Suggestions.closest(name, known);
        throw usage(
            name
                + " (expected a scenario; holdfast replay --list shows them)"
                + (closest == null ? "" : ". Did you mean \"" + closest + "\"?"));
      }
      chosen.add(scenario);
    }
    return chosen;
  }

  private int number(OptionSpec option, int fallback, int most) {
    String text = option.getValue();
    if (text == null) {
      return fallback;
    }
    int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
    if (number < 1 || number > most) {
      throw usage(option.longestName() + ": " + text + " (expected 1.." + most + ")");
    }
    return number;
  }

  private static List<String> values(@Nullable List<String> given) {
    return given == null ? List.of() : given;
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
