#include "decode_check.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

#include "finding.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/walk.hpp"
#include "support/guarded_image.hpp"

namespace imgbuf::fuzz {

namespace {

/// Pictures up to this size are decoded between guards.
constexpr std::ptrdiff_t max_guarded_bytes = 2048;

DecodeOptions options_for(const ImageInfo& info, Choices& choices) {
  static constexpr int scales[] = {1, 1, 1, 2, 4, 8, 3};
  DecodeOptions options;
  options.limits = tight;
  const int scale = choices.one_of(scales);
  if (info.file.format == "JPEG") options.scale = scale;
  options.expand = choices.yes();
  const int channels = options.expand ? expanded(info).channels() : info.channels();
  for (int left = choices.byte() % 16 - 11; left > 0; --left) options.channels.push_back(choices.byte() % channels);
  if (choices.yes()) {
    const std::ptrdiff_t width = scaled_size(info.width, options.scale);
    const std::ptrdiff_t height = scaled_size(info.height, options.scale);
    Region region{.x = choices.below(width), .y = choices.below(height)};
    region.width = 1 + choices.below(width - region.x);
    region.height = 1 + choices.below(height - region.y);
    options.region = region;
  }
  return options;
}

/// What came of decoding.
struct Outcome {
  std::vector<std::byte> pixels;   ///< C order
  std::optional<ErrorCode> error;  ///< `pixels` then mean nothing
  bool has_warnings = false;
  ImageInfo info;
};

std::unique_ptr<Reader> start(std::span<const std::byte> file, const DecodeOptions& options, Outcome& outcome) {
  auto reader = open_reader(Source::memory(file), options.limits);
  outcome.info = reader->start(options);
  const ImageInfo& info = outcome.info;
  require(info.width >= 1 && info.height >= 1 && info.width * info.height <= tight.max_pixels, "the limits hold");
  return reader;
}

void read_all(Reader& reader, const AnyView& view, std::ptrdiff_t rows_per_call, Outcome& outcome) {
  Context context;
  context.on_warning = [&](std::string_view) { outcome.has_warnings = true; };
  const std::ptrdiff_t height = outcome.info.height;
  if (reader.needs_whole_image()) rows_per_call = height;
  for (std::ptrdiff_t y = 0; y < height; y += rows_per_call)
    reader.read_rows(view.window(0, y, std::min(rows_per_call, height - y)), context);
  reader.finish(context);
}

AnyView packed_view(Outcome& outcome) {
  const ImageInfo& info = outcome.info;
  const std::ptrdiff_t shape[] = {info.height, info.width, info.channels()};
  return AnyView(outcome.pixels.data(), Layout::contiguous(shape, info.pixel.format.itemsize()), info.pixel.format);
}

/// All at once, into plain memory.
Outcome decode_plainly(std::span<const std::byte> file, const DecodeOptions& options) {
  Outcome outcome;
  const auto reader = start(file, options, outcome);
  outcome.pixels.resize(static_cast<std::size_t>(outcome.info.pixel_bytes()));
  try {
    read_all(*reader, packed_view(outcome), outcome.info.height, outcome);
  } catch (const Error& error) {
    outcome.error = error.code();
  }
  return outcome;
}

/// Rows with guards around each; for small pictures, because guards cost much more than decoding.
Outcome decode_guarded(std::span<const std::byte> file, const DecodeOptions& options, test::Kind kind,
                       std::ptrdiff_t rows_per_call) {
  Outcome outcome;
  const auto reader = start(file, options, outcome);
  const ImageInfo& info = outcome.info;
  test::GuardedImage image(kind, info.height, info.width, info.channels(), info.pixel.format);
  try {
    read_all(*reader, image.view(), rows_per_call, outcome);
  } catch (const Error& error) {
    outcome.error = error.code();
  }
  require(image.guards_intact(), "no byte outside the rows is touched");
  outcome.pixels = test::packed(image.view());
  return outcome;
}

Outcome decode_arranged(std::span<const std::byte> file, const DecodeOptions& options, const Arrangement& arrangement,
                        std::ptrdiff_t rows_per_call) {
  Outcome outcome;
  const auto reader = start(file, options, outcome);
  const Image image = Image::allocate(outcome.info, arrangement);
  try {
    read_all(*reader, image.view(), rows_per_call, outcome);
  } catch (const Error& error) {
    outcome.error = error.code();
    return outcome;
  }
  outcome.pixels.resize(static_cast<std::size_t>(outcome.info.pixel_bytes()));
  copy(packed_view(outcome), image.const_view());
  return outcome;
}

std::vector<std::byte> cropped(const Outcome& whole, const Region& region) {
  const std::ptrdiff_t pixel = whole.info.pixel.bytes_per_pixel();
  std::vector<std::byte> crop;
  for (std::ptrdiff_t y = region.y; y < region.y + region.height; ++y) {
    const auto first = whole.pixels.begin() + (y * whole.info.width + region.x) * pixel;
    crop.insert(crop.end(), first, first + region.width * pixel);
  }
  return crop;
}

void check_readable(std::span<const std::byte> file, Choices& choices, DecodeOptions options) {
  static constexpr Arrangement arrangements[] = {Arrangement::rows(), Arrangement::strips(3), Arrangement::planes()};
  const Outcome plain = decode_plainly(file, options);
  const std::ptrdiff_t rows_per_call = 1 + choices.byte() % 40;
  const test::Kind kind = choices.one_of(test::all_kinds());
  const Arrangement& arrangement = choices.one_of(arrangements);
  const Outcome other = plain.info.pixel_bytes() <= max_guarded_bytes
                            ? decode_guarded(file, options, kind, rows_per_call)
                            : decode_arranged(file, options, arrangement, rows_per_call);
  require(plain.error == other.error, "arrangement and strips change no error");
  if (!plain.error) require(plain.pixels == other.pixels, "arrangement and strips change no pixel");

  if (!options.region) return;
  const Region region = *options.region;
  options.region.reset();
  const Outcome whole = decode_plainly(file, options);
  if (whole.error || whole.has_warnings) return;
  require(!plain.error, "a region of a good picture decodes");
  require(plain.pixels == cropped(whole, region), "a region equals the crop of the whole");
}

}  // namespace

std::optional<DecodeOptions> choose_options(const Input& input, Choices& choices) {
  try {
    return options_for(open_reader(Source::memory(std::as_bytes(input.file)), tight)->info(), choices);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void check_decode(const Input& input) {
  Choices choices(input);
  const auto options = choose_options(input, choices);
  if (!options) return;
  try {
    check_readable(std::as_bytes(input.file), choices, *options);
  } catch (const Error&) {
    // What cannot be started with these options is refused, which is well.
  }
}

}  // namespace imgbuf::fuzz
