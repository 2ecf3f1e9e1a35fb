#include <benchmark/benchmark.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "pairs.hpp"
#include "picture.hpp"
#include "register_rows.hpp"
#include "reporters.hpp"

namespace {

using namespace imgbuf::bench;

struct Options {
  PictureChoice picture;
  Effort effort;
  std::string json_path;
};

void add_options(CLI::App& app, Options& options) {
  app.add_option("--picture", options.picture.path, "PNG or JPEG of 8-bit RGB to work on, instead of the scene")
      ->check(CLI::ExistingFile);
  app.add_option("--width", options.picture.width, "of the scene")->check(CLI::Range(1, 65500))->capture_default_str();
  app.add_option("--height", options.picture.height, "of the scene")
      ->check(CLI::Range(1, 65500))
      ->capture_default_str();
  app.add_option("--pairs", options.effort.pairs, "at least so many pairs a row")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  app.add_option("--seconds", options.effort.seconds, "at least so long a row")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_option("--json", options.json_path, "write the results there as well, as Google Benchmark's JSON");
  app.footer("Google Benchmark's options work too, such as --benchmark_filter=REGEX and --benchmark_list_tests.");
  app.allow_extras();
}

/// Google Benchmark takes its options from an argument list and nowhere else.
int run(const std::string& program, std::vector<std::string> arguments, const Options& options) {
  if (!options.json_path.empty()) {
    arguments.push_back("--benchmark_out=" + options.json_path);
    arguments.push_back("--benchmark_out_format=json");
  }
  arguments.insert(arguments.begin(), program);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;

  LazyPicture picture(options.picture);
  // A bad file is one error and not one a row.
  if (!options.picture.path.empty()) picture.get();
  register_rows(picture, options.effort);
  TableReporter table;
  JsonReporter json;
  benchmark::RunSpecifiedBenchmarks(&table, options.json_path.empty() ? nullptr : &json);
  benchmark::Shutdown();
  return table.has_failed() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures imgbuf against its limits, both in one run: A B A B and so on.", "imgbuf_bench");
  Options options;
  add_options(app, options);
  try {
    app.parse(argc, argv);
    return run(argv[0], app.remaining(), options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "imgbuf_bench: " << error.what() << '\n';
    return 1;
  }
}
