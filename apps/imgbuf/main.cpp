#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <exception>
#include <string>
#include <string_view>

#include "compare_command.hpp"
#include "convert_command.hpp"
#include "formats_command.hpp"
#include "imgbuf/version.hpp"
#include "info_command.hpp"
#include "layout_command.hpp"
#include "messages.hpp"
#include "stats_command.hpp"

namespace {

using namespace imgbuf::cli;

constexpr const char* examples = R"(Examples:
  imgbuf convert photo.png photo.jpg --quality 85
  imgbuf convert photo.png photo.jpg --explain
  imgbuf info photo.jpg --json
  imgbuf compare before.png after.png --metric ssim
  imgbuf stats photo.jpg
  imgbuf formats
  imgbuf layout photo.tif --slice '[::-1, 10:20]' --svg memory.svg

imgbuf COMMAND --help tells the options of a command.)";

std::string version_line() {
  return "imgbuf " + std::string(imgbuf::version());
}

bool has_command(const CLI::App& app, std::string_view name) {
  const auto commands = app.get_subcommands([name](const CLI::App* command) { return command->get_name() == name; });
  return !commands.empty();
}

int run(int argc, char** argv) {
  CLI::App app("Converts pictures and tells what they hold.", "imgbuf");
  app.footer(examples);
  app.set_version_flag("--version", version_line());
  app.require_subcommand(1);
  ConvertCommand convert(app);
  InfoCommand info(app);
  FormatsCommand formats(app);
  LayoutCommand layout(app);
  CompareCommand compare(app);
  StatsCommand stats(app);
  if (argc > 1 && argv[1][0] != '-' && !has_command(app, argv[1])) {
    print_error("'" + std::string(argv[1]) +
                "' is no command; there are convert, info, compare, stats, layout and formats");
    return wrong_usage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& error) {
    print_error(error.what());
    return wrong_usage;
  }
  if (compare.is_chosen()) return compare.run();
  if (stats.is_chosen()) return stats.run();
  if (formats.is_chosen()) return formats.run();
  if (layout.is_chosen()) return layout.run();
  return convert.is_chosen() ? convert.run() : info.run();
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that has gone, or a file as long as it may be, is an error of the write, with a message and a status.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  // Answered before anything is set up: scripts ask for it often.
  if (argc == 2 && std::string_view(argv[1]) == "--version") {
    return print_output(version_line() + "\n") ? done : failed;
  }
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    print_error(error.what());
    return failed;
  }
}
