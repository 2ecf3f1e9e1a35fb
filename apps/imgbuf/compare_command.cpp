#include "compare_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>

#include "imgbuf/compare.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/executor.hpp"
#include "imgbuf/writer.hpp"
#include "messages.hpp"
#include "option_values.hpp"
#include "output_file.hpp"
#include "picture_input.hpp"
#include "signals.hpp"

namespace imgbuf::cli {

namespace {

constexpr const char* examples = R"(Examples:
  imgbuf compare before.png after.png
  imgbuf compare before.png after.jpg --metric psnr --fail-over 40
  imgbuf compare before.tif after.tif --diff difference.png --amplify 8

Metrics, of each channel (alpha too) and of all:
  max   the greatest difference of two samples, and the first place where it is
  mse   the mean of the squared differences
  psnr  10 log10(peak^2 / mse) in dB; inf for equal pictures; the peak is 2^bits - 1, of floating point 1
  ssim  the structural similarity of Wang, Bovik, Sheikh and Simoncelli, 2004; 1 for equal pictures
Samples are compared as the files have them; palettes, CMYK and depths below 8 bits are expanded to colours first.
Size, channels and depth must be the same: imgbuf convert makes them so.

--fail-over X: for max and mse, more than X is over the threshold; for psnr and ssim, which measure how similar the
pictures are, less than X is. Without --metric X is meant for max; without --fail-over any difference is over.
The exit status is 0 within the threshold, 1 over it, 2 when the pictures could not be compared.)";

/// What `diff` and `cmp` say too: trouble is not a difference.
enum CompareStatus : int { within = 0, over = 1, trouble = 2 };

}  // namespace

CompareCommand::CompareCommand(CLI::App& app)
    : command_(app.add_subcommand("compare", "Tell how far two pictures are from each other")) {
  command_->footer(examples);
  command_->add_option("A", a_, "a picture; - is standard input")->required()->type_name("");
  command_->add_option("B", b_, "another of the same size and pixels; - is standard input")->required()->type_name("");
  add_parsed_option(
      *command_, "--metric", [this](const std::string& text) { metric_ = parse_metric(text); },
      "print only this of all channels: max, mse, psnr or ssim")
      ->type_name("METRIC");
  command_->add_option("--fail-over", fail_over_, "the threshold, see below")->type_name("X");
  CLI::Option* difference = command_->add_option(
      "--diff", difference_,
      "write the absolute differences of the colours as a picture; that alpha differs too is said");
  difference->type_name("OUT");
  command_->add_option("--amplify", amplify_, "multiply the differences in OUT")
      ->needs(difference)
      ->check(quiet(CLI::PositiveNumber))
      ->type_name("N");
  command_->add_option("--threads", threads_, "at most so many threads; 0 as the machine has (default)")
      ->check(quiet(CLI::Range(0, 1024)))
      ->type_name("N");
  command_->add_flag("--json", as_json_, "as a JSON object; numbers that are not finite as \"inf\", \"-inf\", \"nan\"");
}

int CompareCommand::run() {
  Context context(default_executor(threads_));
  const CancelOnSignal cancel_on_signal(context);
  try {
    const int status = compare_files(context);
    die_by_received_signal();
    return status;
  } catch (const Error& error) {
    die_by_received_signal();
    print_error(error.what());
  } catch (const std::bad_alloc&) {
    print_error("out of memory");
  } catch (const std::exception& error) {
    print_error(error.what());
  }
  return trouble;
}

PictureInput CompareCommand::open(const std::string& name, Context& context) const {
  const std::string shown = is_standard_stream(name) ? "standard input" : name;
  context.on_warning = [shown](std::string_view line) { print_warning(shown, line); };
  try {
    PictureInput picture(name, {}, context);
    context.on_warning = nullptr;
    return picture;
  } catch (const Error& error) {
    throw error.about(shown);
  }
}

void CompareCommand::warn_of_saturation(double greatest, const ImageInfo& info) const {
  const ElementType type = info.pixel.format.type();
  if (is_floating_point(type)) return;
  const std::ptrdiff_t bits = 8 * info.pixel.format.itemsize() - (is_signed_integer(type) ? 1 : 0);
  const double most = std::ldexp(1.0, static_cast<int>(bits)) - 1;
  if (greatest > most) print_warning(difference_, fmt::format("differences above {0} are written as {0}", most));
}

void CompareCommand::require_sensible_threshold(Metric deciding) const {
  if (!fail_over_) return;
  const bool is_distance = deciding == Metric::max || deciding == Metric::mse;
  if (std::isnan(*fail_over_) || (is_distance && *fail_over_ < 0))
    throw Error(ErrorCode::invalid_argument, fmt::format("{} is no threshold of {}", *fail_over_, to_string(deciding)),
                "--fail-over");
}

void CompareCommand::write_difference(const PictureInput& a, const PictureInput& b, const Comparison& comparison,
                                      Context& context) const {
  ImageInfo info;
  info.width = a.image().info().width;
  info.height = a.image().info().height;
  info.pixel = a.image().info().pixel;
  info.pixel.format = info.pixel.format.type();
  info.pixel.alpha = false;
  const std::string_view format = format_for_path(difference_);
  if (!can_store(format, info)) {
    throw Error(ErrorCode::unsupported, fmt::format("{} cannot hold differences of {}", format, info.pixel.to_string()),
                difference_);
  }
  const Image difference = Image::allocate(info);
  const auto colors = [&](const Image& image) { return image.const_view().window(2, 0, info.channels()); };
  const auto alpha = comparison.channels.begin() + info.channels();
  double greatest = 0;
  for (auto color = comparison.channels.begin(); color != alpha; ++color) greatest = std::max(greatest, color->max);
  warn_of_saturation(greatest, info);
  // A picture that is black is not to be taken for one of equals.
  if (alpha != comparison.channels.end() && alpha->max > 0)
    print_warning(difference_, fmt::format("alpha differs too, by at most {}: it is not in this picture", alpha->max));
  absolute_difference(difference.view(), colors(a.image()), colors(b.image()), amplify_, context);
  a.require_intact();
  b.require_intact();
  try {
    encode(difference, difference_, {}, context);
  } catch (const Error& error) {
    throw error.about(difference_);
  }
}

int CompareCommand::compare_files(Context& context) {
  if (is_standard_stream(a_) && is_standard_stream(b_)) {
    print_error("standard input: is one picture, not two");
    return trouble;
  }
  const Metric deciding = metric_.value_or(Metric::max);
  // Before any work.
  if (!difference_.empty()) (void)format_for_path(difference_);
  require_other_file(difference_, {a_, b_});
  require_sensible_threshold(deciding);
  const PictureInput input_a = open(a_, context);
  const PictureInput input_b = open(b_, context);
  const Image& a = input_a.image();
  const Image& b = input_b.image();
  CompareFacts facts{.a = a_, .b = b_, .info = a.info(), .metric = metric_};
  const bool has_window = facts.info.width >= ssim_window && facts.info.height >= ssim_window;
  facts.has_ssim = metric_ ? deciding == Metric::ssim : has_window;
  try {
    facts.comparison = compare(a, b, {.ssim = facts.has_ssim}, context);
  } catch (const Error& error) {
    throw error.about(fmt::format("{} and {}", a_, b_));
  }
  input_a.require_intact();
  input_b.require_intact();
  // Without a threshold, what is over it is any difference, by whatever metric.
  facts.is_over = fail_over_ ? is_over(value_of(facts.comparison.all, deciding), deciding, *fail_over_)
                             : !facts.comparison.is_equal();
  if (!difference_.empty()) write_difference(input_a, input_b, facts.comparison, context);
  if (!print_output(as_json_ ? to_json(facts) : to_text(facts))) return trouble;
  return facts.is_over ? over : within;
}

}  // namespace imgbuf::cli
