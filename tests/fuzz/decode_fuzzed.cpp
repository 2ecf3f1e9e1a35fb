#include "fuzz/decode_fuzzed.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "imgbuf/error.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::test {

namespace {

// What the last bytes of a file choose.
struct Choices {
  explicit Choices(std::span<const std::uint8_t> file) {
    const std::size_t taken = std::min(bytes.size(), file.size());
    std::copy_n(file.end() - static_cast<std::ptrdiff_t>(taken), taken, bytes.begin());
  }

  // A number in [0, count), from the choice's byte.
  [[nodiscard]] std::ptrdiff_t pick(std::size_t choice, std::ptrdiff_t count) const {
    return count > 0 ? bytes[choice] * count / 256 : 0;
  }

  std::array<std::uint8_t, 8> bytes{};
};

Limits small_limits() {
  Limits limits;
  limits.max_pixels = 1 << 20;
  limits.max_image_bytes = 16 << 20;
  limits.max_metadata_bytes = 1 << 20;
  limits.max_scans = 30;
  return limits;
}

DecodeOptions choose_options(const Choices& choices, const ImageInfo& info) {
  DecodeOptions options;
  options.limits = small_limits();
  options.expand = choices.pick(0, 2) == 1;
  options.scale = 1 << choices.pick(1, 4);
  if (choices.pick(2, 2) == 1) {
    const std::ptrdiff_t width = scaled_size(info.width, options.scale);
    const std::ptrdiff_t height = scaled_size(info.height, options.scale);
    Region region{choices.pick(3, width), choices.pick(4, height), 0, 0};
    region.width = 1 + choices.pick(5, width - region.x);
    region.height = 1 + choices.pick(6, height - region.y);
    options.region = region;
  }
  return options;
}

Arrangement choose_arrangement(const Choices& choices) {
  switch (choices.pick(7, 4)) {
    case 0:
      return Arrangement::rows();
    case 1:
      return Arrangement::strips(3);
    case 2:
      return Arrangement::planes();
    default:
      return Arrangement::contiguous();
  }
}

}  // namespace

void decode_fuzzed(const codecs::Codec& codec, std::span<const std::uint8_t> file) {
  const Choices choices(file);
  try {
    const auto reader = codec.open(Source::memory(std::as_bytes(file)), small_limits());
    ImageInfo rows = reader->start(choose_options(choices, reader->info()));
    const Image image = Image::allocate(std::move(rows), choose_arrangement(choices));
    Context context;
    const std::ptrdiff_t height = image.info().height;
    const std::ptrdiff_t step = reader->needs_whole_image() ? height : 1 + choices.pick(7, 9);
    for (std::ptrdiff_t y = 0; y < height; y += step)
      reader->read_rows(image.view().window(0, y, std::min(step, height - y)), context);
    reader->finish(context);
  } catch (const Error&) {
    // What the library says of a broken file is for other tests.
  }
}

}  // namespace imgbuf::test
