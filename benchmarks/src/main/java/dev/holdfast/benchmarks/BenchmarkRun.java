package dev.holdfast.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Measures, and keeps what came out in a folder of its own: JMH's JSON, a table, the environment
 * and one sentence of verdict.
 */
public final class BenchmarkRun {

  /** What the launcher gives the server in the profile {@code host}. */
  private static final String[] SERVER_OPTIONS = {
    "-XX:+UseParallelGC",
    "-XX:-UseAdaptiveSizePolicy",
    "-XX:MaxTenuringThreshold=0",
    "-XX:+UseCondCardMark",
    "-Xms64m",
    "-Xmx512m",
    "-Xmn20m",
    "-XX:+UseCompactObjectHeaders",
    "--enable-native-access=ALL-UNNAMED"
  };

  private BenchmarkRun() {}

  /**
   * Runs the benchmarks that match.
   *
   * @param arguments the folder of all results, then JMH's own command line
   */
  public static void main(String[] arguments)
      throws IOException, RunnerException, CommandLineOptionException {
    Path results = Path.of(arguments[0]);
    String[] ofJmh = Arrays.copyOfRange(arguments, 1, arguments.length);
    Environment environment = Environment.of(results);
    Path json = Files.createTempFile("jmh", ".json");
    try {
      ChainedOptionsBuilder options =
          new OptionsBuilder()
              .parent(new CommandLineOptions(ofJmh))
              .jvmArgsAppend(SERVER_OPTIONS)
              .addProfiler(GCProfiler.class)
              .shouldFailOnError(true)
              .resultFormat(ResultFormatType.JSON)
              .result(json.toString());
      Collection<RunResult> measured = new Runner(options.build()).run();
      List<Measured> figures = measured.stream().map(BenchmarkRun::measured).toList();
      String table = Measured.table(figures);
      String verdict = Bars.verdict(figures);
      Path folder = environment.newFolder(results);
      Files.copy(json, folder.resolve("jmh.json"));
      Files.writeString(folder.resolve("jmh.txt"), table);
      Files.writeString(
          folder.resolve("README.md"),
          "# JMH\n\n"
              + environment.text()
              + "java options: "
              + String.join(" ", SERVER_OPTIONS)
              + "\n\n"
              + verdict
              + "\n");
      System.out.println("\n" + table + "\n" + verdict + "\nkept in " + folder);
    } finally {
      Files.delete(json);
    }
  }

  private static Measured measured(RunResult run) {
    String name = run.getParams().getBenchmark();
    name = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
    StringBuilder parameters = new StringBuilder();
    for (String key : run.getParams().getParamsKeys()) {
      parameters.append(run.getParams().getParam(key)).append(' ');
    }
    Result<?> time = run.getPrimaryResult();
    Result<?> allocated = run.getSecondaryResults().get("gc.alloc.rate.norm");
    return new Measured(
        name,
        parameters.toString().strip(),
        time.getScore(),
        time.getScoreError(),
        allocated == null ? 0 : allocated.getScore());
  }
}
