#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "finding.hpp"
#include "imgbuf/convert.hpp"
#include "imgbuf/error.hpp"
#include "input.hpp"

namespace imgbuf::fuzz {

namespace {

constexpr Limits tight{.max_width = 4096,
                       .max_height = 4096,
                       .max_pixels = 1 << 16,
                       .max_image_bytes = 4 << 20,
                       .max_metadata_bytes = 256 << 10,
                       .max_scans = 20};

EncodeOptions choose_encoding(Choices& choices) {
  static const std::string subsamplings[] = {"", "4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "4:1:0"};
  return {.quality = 1 + choices.byte() % 100,
          .subsampling = choices.one_of(subsamplings),
          .progressive = choices.yes(),
          .optimize_huffman = choices.yes(),
          .arithmetic_coding = choices.yes(),
          .compression = choices.byte() % 3,
          .interlaced = choices.yes()};
}

GeometryStep choose_step(Choices& choices) {
  static const std::string channels[] = {"0", "1", "2", "3", "R", "A", "gray"};
  switch (choices.byte() % 6) {
    case 0:
      return AutoOrient{};
    case 1:
      return Flip{choices.yes() ? Flip::Direction::vertical : Flip::Direction::horizontal};
    case 2:
      return Rotate{90 * (choices.byte() % 5)};
    case 3:
      return Transpose{};
    case 4: {
      SelectChannels selection;
      for (int left = 1 + choices.byte() % 4; left > 0; --left) selection.channels.push_back(choices.one_of(channels));
      return selection;
    }
    default:
      return Crop{{choices.below(40), choices.below(40), 1 + choices.below(40), 1 + choices.below(40)}};
  }
}

ConvertOptions choose_options(Choices& choices) {
  static const std::string formats[] = {"JPEG", "PNG", "", "TIFF", "BMP", "NPY", "PAM", "PNM", "PFM"};
  static constexpr Arrangement arrangements[] = {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(1),
                                                 Arrangement::strips(7), Arrangement::planes()};
  ConvertOptions options;
  options.limits = tight;
  options.format = choices.one_of(formats);
  options.color = static_cast<ConvertOptions::Color>(choices.byte() % 4);
  options.depth = static_cast<ConvertOptions::Depth>(choices.byte() % 3);
  options.threads = 1 + choices.byte() % 3;
  if (choices.yes()) options.arrangement = choices.one_of(arrangements);
  if (choices.yes()) options.metadata = MetadataParts::colors();
  for (int left = choices.byte() % 6 - 3; left > 0; --left) options.geometry.push_back(choose_step(choices));
  options.encode = choose_encoding(choices);
  return options;
}

/// What was written is a whole picture of the kind that was announced, and sound when nothing was said about the input.
void check_output(std::span<const std::byte> file, const ImageInfo& expected, bool input_is_sound) {
  Context context;
  context.on_warning = [&](std::string_view line) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
    require(!input_is_sound, "what was written is read without a warning");
  };
  try {
    const Image image = decode(Source::memory(file), {}, Arrangement::rows(), context);
    require(image.info().width == expected.width && image.info().height == expected.height,
            "the output is of the size announced");
    const PixelFormat& pixel = image.info().pixel;
    // Indices may have more bits than they need.
    const bool has_depth = pixel.color == ColorModel::palette ? pixel.bit_depth >= expected.pixel.bit_depth
                                                              : pixel.bit_depth == expected.pixel.bit_depth;
    require(pixel.color == expected.pixel.color && pixel.alpha == expected.pixel.alpha && has_depth,
            "the output's pixels are of the format announced");
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    require(false, "what was written can be read");
  }
}

void check_convert(const Input& input) {
  const auto file = std::as_bytes(input.file);
  Choices choices(input);
  const ConvertOptions options = choose_options(choices);
  std::vector<std::byte> out;
  ImageInfo announced;
  bool has_warnings = false;
  try {
    Conversion conversion(Source::memory(file), options);
    announced = conversion.output();
    Context context;
    context.on_warning = [&](std::string_view) { has_warnings = true; };
    const auto sink = Sink::memory(out);
    const ConvertReport report = conversion.run(*sink, context);
    require(report.rows == announced.height, "all rows are written");
    require(report.output_bytes == static_cast<std::int64_t>(out.size()), "the bytes written are counted");
  } catch (const Error&) {
    return;
  }
  check_output(out, announced, !has_warnings);
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::fuzz::check_convert(imgbuf::fuzz::Input({data, size}));
  return 0;
}
