#include "convert_command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <new>
#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/mapped_guard.hpp"
#include "imgbuf/sink.hpp"
#include "imgbuf/writer.hpp"
#include "input.hpp"
#include "messages.hpp"
#include "option_values.hpp"
#include "report_json.hpp"
#include "signals.hpp"

namespace imgbuf::cli {

namespace {

constexpr const char* examples = R"(Examples:
  imgbuf convert photo.png photo.jpg --quality 85
  imgbuf convert scan.png small.png --crop 800x600+100+50 --gray
  imgbuf convert camera.jpg upright.jpg --auto-orient --strip
  imgbuf convert scan.png turned.png --rotate 90 --flip h --channels B,G,R
  imgbuf convert - - --format png < photo.jpg > photo.png
  imgbuf convert photo.png photo.jpg --explain

Without --format the extension of OUT chooses the format; a name without one, and -, take the input's.
--crop, --flip, --rotate, --transpose, --channels and --auto-orient apply in the order in which they are given, as
often as they are given, before colours change. Only --auto-orient sets EXIF's orientation.
What the output lacks of the input is said on standard error, a warning each; --json lists it as losses.
The exit status is 0 when done, 1 when the work failed, 2 for wrong usage.)";

/// "-", or a name of the same file, such as /dev/stdout.
bool is_standard_output(const std::string& name) {
  struct stat named {};
  struct stat opened {};
  return is_standard_stream(name) || (::stat(name.c_str(), &named) == 0 && ::fstat(STDOUT_FILENO, &opened) == 0 &&
                                      named.st_dev == opened.st_dev && named.st_ino == opened.st_ino);
}

}  // namespace

ConvertCommand::ConvertCommand(CLI::App& app) : command_(app.add_subcommand("convert", "Convert a picture")) {
  command_->footer(examples);
  command_->add_option("IN", input_, "the picture to read; - is standard input")->required()->type_name("");
  command_->add_option("OUT", output_, "the picture to write; - is standard output")->required()->type_name("");
  add_format_options();
  add_pixel_options();
  geometry_.emplace(*command_);
  add_other_options();
}

void ConvertCommand::add_format_options() {
  add_parsed_option(
      *command_, "--format", [this](const std::string& text) { options_.format = parse_format(text); },
      "format of OUT by its extension, such as png, jpg or tif; imgbuf formats tells all")
      ->type_name("FORMAT");
  encode_.emplace(*command_, options_.encode);
}

void ConvertCommand::add_pixel_options() {
  using Color = ConvertOptions::Color;
  const auto add_color = [this](const char* name, Color color, const char* description) {
    return command_->add_flag_callback(
        name, [this, color] { options_.color = color; }, description);
  };
  add_parsed_option(
      *command_, "--depth", [this](const std::string& text) { options_.depth = parse_depth(text); },
      "bits of a sample: 8, 16 or 32f")
      ->type_name("BITS");
  CLI::Option* gray = add_color("--gray", Color::gray, "to gray, without alpha");
  CLI::Option* rgb = add_color("--rgb", Color::rgb, "to RGB, without alpha");
  CLI::Option* rgba = add_color("--rgba", Color::rgba, "to RGB with alpha");
  gray->excludes(rgb, rgba);
  rgb->excludes(rgba);
  add_parsed_option(
      *command_, "--background",
      [this](const std::string& text) { options_.background = BackgroundColor::parse(text); },
      "colour under alpha that goes: #rrggbb, r,g,b or a name (default white)")
      ->type_name("COLOR");
}

void ConvertCommand::add_other_options() {
  CLI::Option* strip = command_->add_flag(
      "--strip", strip_, "drop metadata, all but what says which colours are meant; --strip=all drops everything");
  strip->check(quiet(CLI::IsMember({"true", "all"})));
  const std::vector<std::string_view> parts = MetadataParts::names();
  add_parsed_option(
      *command_, "--keep", [this](const std::string& text) { options_.metadata = MetadataParts::parse(text); },
      fmt::format("of the metadata keep only these: {}", fmt::join(parts, ", ")))
      ->type_name("LIST")
      ->excludes(strip);
  add_parsed_option(
      *command_, "--arrangement", [this](const std::string& text) { options_.arrangement = Arrangement::parse(text); },
      "memory between the codecs: contiguous, rows, strips[:N] or planes; with :shared after it in shared memory")
      ->type_name("ARRANGEMENT");
  command_->add_option("--threads", options_.threads, "at most so many threads; 0 as the machine has (default)")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  command_->add_flag("--no-map", no_map_, "read an uncompressed IN instead of mapping it");
  command_->add_flag("--explain", explain_, "print the plan and write nothing");
  command_->add_flag("--verbose", verbose_, "print the plan and what was done on standard error");
  command_->add_flag("--json", as_json_, "print plan, losses, warnings, bytes and seconds as a JSON object");
}

int ConvertCommand::run() {
  options_.geometry = geometry_->in_order();
  if (!strip_.empty()) options_.metadata = strip_ == "all" ? MetadataParts::none() : MetadataParts::colors();
  const std::string in_name = is_standard_stream(input_) ? "standard input" : input_;
  const std::string out_name = is_standard_stream(output_) ? "standard output" : output_;
  if (input_.empty() || output_.empty()) {
    print_error("a file name is empty");
    return wrong_usage;
  }
  try {
    const int status = plan_and_run(in_name, out_name);
    die_by_received_signal();
    return status;
  } catch (const Error& error) {
    die_by_received_signal();
    print_error(in_name, error, out_name);
  } catch (const std::bad_alloc&) {
    print_error(fmt::format("{}: out of memory", in_name));
  }
  return failed;
}

int ConvertCommand::plan_and_run(const std::string& in_name, const std::string& out_name) {
  const bool to_standard_output = is_standard_stream(output_);
  if (options_.format.empty() && !to_standard_output) {
    try {
      options_.format = output_format(output_);
    } catch (const Error& error) {
      print_error(out_name, error);
      return wrong_usage;
    }
  }

  const MappedGuard shortened_files_are_errors;
  std::optional<Conversion> conversion;
  try {
    std::unique_ptr<Source> source = open_input(input_);
    if (!no_map_) source->allow_map();
    conversion.emplace(std::move(source), options_, out_name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    print_error(in_name, error, out_name);
    return wrong_usage;
  }
  ConvertFacts facts{.input = in_name, .output = out_name};
  const auto warn = [&facts](const std::string& about, std::string_view line) {
    facts.lines.emplace_back(line);
    print_warning(about, line);
  };
  if (const std::string line = wrong_extension(input_, conversion->input()); !line.empty()) warn(in_name, line);
  for (const std::string& line : encode_->without_effect(conversion->format(), conversion->output())) {
    warn(out_name, line);
  }
  if (explain_) {
    return print_output(as_json_ ? to_json(*conversion, facts) : conversion->plan().to_text()) ? done : failed;
  }
  if (as_json_ && is_standard_output(output_)) {
    print_error("--json: standard output takes the picture already");
    return wrong_usage;
  }
  if (to_standard_output && ::isatty(STDOUT_FILENO) != 0) {
    print_error("standard output: is a terminal; redirect it to a file");
    return wrong_usage;
  }

  if (verbose_) {
    ConvertPlan plan = conversion->plan();
    plan.warnings.clear();  // each is said when it happens
    fmt::print(stderr, "{}", plan.to_text());
  }
  Context context;
  context.on_warning = [&](std::string_view line) { warn(in_name, line); };
  const CancelOnSignal cancel_on_signal(context);
  const auto sink = to_standard_output ? Sink::descriptor(STDOUT_FILENO, out_name) : Sink::file(output_);
  const ConvertReport report = conversion->run(*sink, context);
  if (verbose_) {
    fmt::print(stderr, "{:<16}{} rows, {} bytes written, {} pixel bytes copied, {:.3f} seconds\n", "done", report.rows,
               report.output_bytes, report.scratch_bytes, report.seconds);
  }
  facts.report = &report;
  return !as_json_ || print_output(to_json(*conversion, facts)) ? done : failed;
}

}  // namespace imgbuf::cli
