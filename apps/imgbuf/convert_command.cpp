#include "convert_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <new>

#include "imgbuf/error.hpp"
#include "imgbuf/sink.hpp"
#include "imgbuf/writer.hpp"
#include "input.hpp"
#include "messages.hpp"
#include "option_values.hpp"
#include "signals.hpp"

namespace imgbuf::cli {

namespace {

constexpr const char* examples = R"(Examples:
  imgbuf convert photo.png photo.jpg --quality 85
  imgbuf convert scan.png small.png --crop 800x600+100+50 --gray
  imgbuf convert camera.jpg upright.jpg --auto-orient --strip
  imgbuf convert - - --format png < photo.jpg > photo.png
  imgbuf convert photo.png photo.jpg --explain

Without --format the extension of OUT chooses the format; a name without one, and -, take the input's.
Geometry options apply in the order in which they are given.
The exit status is 0 when done, 1 when the work failed, 2 for wrong usage.)";

/// A check whose own words stay out of the help, where the option's description says the same.
CLI::Validator quiet(CLI::Validator check) {
  check.description("");
  return check;
}

}  // namespace

ConvertCommand::ConvertCommand(CLI::App& app) : command_(app.add_subcommand("convert", "Convert a picture")) {
  command_->footer(examples);
  command_->add_option("IN", input_, "the picture to read; - is standard input")->required()->type_name("");
  command_->add_option("OUT", output_, "the picture to write; - is standard output")->required()->type_name("");
  add_format_options();
  add_pixel_options();
  add_other_options();
}

void ConvertCommand::add_format_options() {
  EncodeOptions& encode = options_.encode;
  add_parsed_option(
      *command_, "--format", [this](const std::string& text) { options_.format = parse_format(text); },
      "format of OUT by its extension, such as png, jpg or tif; imgbuf formats tells all")
      ->type_name("FORMAT");
  command_->add_option("--quality", encode.quality, "JPEG: 1 to 100 (default 90)")
      ->check(quiet(CLI::Range(1, 100)))
      ->type_name("N");
  command_->add_option("--subsampling", encode.subsampling, "JPEG: 4:4:4, 4:2:2, 4:2:0 (default), 4:4:0, 4:1:1, 4:1:0")
      ->check(quiet(CLI::IsMember({"4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "4:1:0"})))
      ->type_name("J:A:B");
  command_->add_flag("--progressive", encode.progressive, "JPEG: progressive");
  command_->add_flag("--optimize", encode.optimize_huffman, "JPEG: smaller by optimised Huffman tables");
  command_->add_flag("--arithmetic", encode.arithmetic_coding, "JPEG: arithmetic coding, which few programs read");
  command_->add_option("--compression", encode.compression, "PNG: 0 (none) to 9 (default 6)")
      ->check(quiet(CLI::Range(0, 9)))
      ->type_name("N");
  command_->add_flag("--interlace", encode.interlaced, "PNG: interlaced");
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
  crop_option_ = command_->add_option_function<std::vector<std::string>>(
      "--crop",
      [this](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
          try {
            crops_.push_back(parse_crop(text));
          } catch (const Error& error) {
            throw CLI::ValidationError("--crop", error.reason());
          }
        }
      },
      "keep a rectangle; may be given again");
  crop_option_->allow_extra_args(false)->type_name("WxH+X+Y");
  const std::string auto_orient = "turn upright as EXIF says";  // named: a literal would be taken for a variable
  auto_orient_flag_ = command_->add_flag("--auto-orient", auto_orient);
}

void ConvertCommand::add_other_options() {
  command_->add_flag("--strip", options_.strip_metadata, "drop metadata, all but what says which colours are meant");
  add_parsed_option(
      *command_, "--arrangement", [this](const std::string& text) { options_.arrangement = Arrangement::parse(text); },
      "memory between the codecs: contiguous, rows, strips[:N] or planes; with :shared after it in shared memory")
      ->type_name("ARRANGEMENT");
  command_->add_option("--threads", options_.threads, "at most so many threads; 0 as the machine has (default)")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  command_->add_flag("--explain", explain_, "print the plan and write nothing");
  command_->add_flag("--verbose", verbose_, "print the plan and what was done on standard error");
}

/// The parser keeps values by option; only its list of what it met knows what came first.
void ConvertCommand::take_geometry_in_order() {
  std::size_t next_crop = 0;
  for (const CLI::Option* option : command_->parse_order()) {
    if (option == crop_option_) {
      options_.geometry.emplace_back(Crop{crops_.at(next_crop++)});
    } else if (option == auto_orient_flag_) {
      options_.geometry.emplace_back(AutoOrient{});
    }
  }
}

int ConvertCommand::run() {
  take_geometry_in_order();
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

  std::optional<Conversion> conversion;
  try {
    conversion.emplace(open_input(input_), options_, out_name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::invalid_argument) throw;
    print_error(in_name, error, out_name);
    return wrong_usage;
  }
  if (const std::string line = wrong_extension(input_, conversion->input()); !line.empty())
    print_warning(in_name, line);
  if (explain_) return print_output(conversion->plan().to_text()) ? done : failed;
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
  context.on_warning = [&](std::string_view line) { print_warning(in_name, line); };
  const CancelOnSignal cancel_on_signal(context);
  const auto sink = to_standard_output ? Sink::descriptor(STDOUT_FILENO, out_name) : Sink::file(output_);
  const ConvertReport report = conversion->run(*sink, context);
  if (verbose_) {
    fmt::print(stderr, "{:<16}{} rows, {} bytes written, {} pixel bytes copied, {:.3f} seconds\n", "done", report.rows,
               report.output_bytes, report.scratch_bytes, report.seconds);
  }
  return done;
}

}  // namespace imgbuf::cli
