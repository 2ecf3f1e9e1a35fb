#include "stats_command.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <new>

#include "imgbuf/error.hpp"
#include "imgbuf/executor.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/statistics.hpp"
#include "messages.hpp"
#include "option_values.hpp"
#include "output_file.hpp"
#include "picture_input.hpp"
#include "signals.hpp"
#include "stats_report.hpp"
#include "terminal.hpp"

namespace imgbuf::cli {

namespace {

constexpr const char* examples = R"(Examples:
  imgbuf stats photo.jpg
  imgbuf stats scan.tif --crop 800x600+100+50 --json
  imgbuf stats photo.jpg --svg histogram.svg

Samples are those of the file; palettes, CMYK and depths below 8 bits are expanded to colours first. The standard
deviation is that of all samples. Histograms of integers cover all values of their depth, those of floating point what
there is from the least to the greatest sample of all channels. Bars that would tower above all others are cut.
The exit status is 0 when done, 1 when the work failed, 2 for wrong usage.)";

constexpr int usual_bins = 256;

/// All values of the depth for integers of 8 and 16 bits, of which there may be fewer than bins.
StatisticsOptions options_for(const PixelFormat& pixel, int bins) {
  const ElementType type = pixel.format.type();
  StatisticsOptions options;
  options.bins = bins > 0 ? bins : usual_bins;
  if (is_floating_point(type) || size_of(type) > 2) return options;
  if (!is_signed_integer(type)) options.range = ValueRange{0, std::ldexp(1.0, pixel.bit_depth) - 1};
  const double values =
      std::ldexp(1.0, is_signed_integer(type) ? static_cast<int>(8 * size_of(type)) : pixel.bit_depth);
  if (bins == 0) options.bins = static_cast<int>(std::min<double>(usual_bins, values));
  return options;
}

}  // namespace

StatsCommand::StatsCommand(CLI::App& app)
    : command_(app.add_subcommand("stats", "Describe a picture's samples, with histograms")) {
  command_->footer(examples);
  command_->add_option("FILE", file_, "the picture; - is standard input")->required()->type_name("");
  command_->add_flag("--json", as_json_, "as a JSON object; numbers that are not finite as \"inf\", \"-inf\", \"nan\"");
  command_
      ->add_option("--svg", svg_, "also draw the histograms into a file; with - on standard output, and nothing else")
      ->type_name("OUT");
  command_->add_option("--bins", bins_, "of the histograms (default 256, or as many as there are values)")
      ->check(quiet(CLI::Range(1, 65536)))
      ->type_name("N");
  add_parsed_option(
      *command_, "--crop", [this](const std::string& text) { crop_ = parse_crop(text); }, "describe a rectangle of it")
      ->type_name("WxH+X+Y");
  command_->add_option("--threads", threads_, "at most so many threads; 0 as the machine has (default)")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
}

int StatsCommand::run() {
  const std::string name = is_standard_stream(file_) ? "standard input" : file_;
  if (as_json_ && is_standard_stream(svg_)) {
    print_error("--json: standard output takes the picture of the histograms already");
    return wrong_usage;
  }
  Context context(default_executor(threads_));
  const CancelOnSignal cancel_on_signal(context);
  try {
    const int status = describe(name, context);
    die_by_received_signal();
    return status;
  } catch (const Error& error) {
    die_by_received_signal();
    print_error(name, error, svg_);
    return error.code() == ErrorCode::invalid_argument ? wrong_usage : failed;
  } catch (const std::bad_alloc&) {
    print_error(name + ": out of memory");
    return failed;
  }
}

int StatsCommand::describe(const std::string& name, Context& context) {
  context.on_warning = [&name](std::string_view line) { print_warning(name, line); };
  require_other_file(svg_, {file_});
  const PictureInput input(file_, crop_, context);
  const Image& image = input.image();
  const StatsFacts facts{.name = name,
                         .info = image.info(),
                         .channels = statistics(image.const_view(), options_for(image.info().pixel, bins_), context)};
  input.require_intact();
  if (is_standard_stream(svg_)) return print_output(to_svg(facts)) ? done : failed;
  if (!svg_.empty()) write_text_file(svg_, to_svg(facts));
  return print_output(as_json_ ? to_json(facts) : to_text(facts, Terminal::of_standard_output())) ? done : failed;
}

}  // namespace imgbuf::cli
