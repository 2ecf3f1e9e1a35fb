#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/reader.hpp"
#include "support/temporary_directory.hpp"

namespace imgbuf::test {
namespace {

using Bytes = std::vector<std::byte>;

/// Small ones, so that many variants are tried: every kind of file that the samples have.
constexpr std::array small_samples{
    "cmyk.jpg",
    "flat_text.png",
    "gray.jpg",
    "gray_1bit.png",
    "gray_4bit.png",
    "oriented_exif.png",
    "pixel_1x1.jpg",
    "pixel_1x1.png",
    "palette_transparent.png",
    "interlaced_rgb8.png",
    "progressive.jpg",
    "sprite_rgba.png",
    "scene_palette.png",
    "oriented_exif_icc.jpg",
    "subsampling_411.jpg",
    "transparent_color.png",
};

Bytes read_sample(const char* name) {
  return read_file(std::string(IMGBUF_SAMPLE_IMAGES) + "/" + name);
}

/// A damaged header may claim anything; what it costs stays small.
Limits small_limits() {
  Limits limits;
  limits.max_pixels = std::int64_t{1} << 20;
  limits.max_image_bytes = std::int64_t{32} << 20;
  limits.max_metadata_bytes = std::int64_t{1} << 20;
  return limits;
}

/// The code of the error that decoding throws, if it throws one. Any other exception is a failure of the test.
std::optional<ErrorCode> decoding_error(std::span<const std::byte> file, bool expand, const Arrangement& arrangement) {
  Context context;
  try {
    // In memory of exactly its size, so that AddressSanitizer sees a read past its end.
    const Image image =
        decode(Source::memory(file), {.expand = expand, .limits = small_limits()}, arrangement, context);
    return std::nullopt;
  } catch (const Error& error) {
    CHECK_FALSE(error.reason().empty());
    CHECK_THAT(error.place(), Catch::StartsWith("memory"));
    return error.code();
  }
}

Bytes prefix(const Bytes& file, std::size_t size) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)};
}

TEST_CASE("damaged files: a file cut anywhere is an error") {
  constexpr std::size_t cuts = 50;
  for (const char* name : small_samples) {
    const Bytes file = read_sample(name);
    REQUIRE_FALSE(decoding_error(file, false, Arrangement::rows()));
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < cuts; ++i) sizes.push_back(file.size() * i / cuts);
    // The first bytes hold most decisions, the last ones the end marks.
    for (std::size_t i = 0; i < std::min<std::size_t>(file.size(), 16); ++i) {
      sizes.push_back(i);
      sizes.push_back(file.size() - 1 - i);
    }
    for (const std::size_t size : sizes) {
      INFO(name << " cut to " << size << " of " << file.size() << " bytes");
      const auto error = decoding_error(prefix(file, size), size % 2 == 0, Arrangement::rows());
      REQUIRE(error);
      // Fewer bytes than a signature could be anything.
      if (size >= 8) CHECK(to_string(*error) == to_string(ErrorCode::truncated_data));
    }
  }
}

TEST_CASE("damaged files: changed bytes give pixels or an error") {
  constexpr int variants = 60;
  const Arrangement arrangements[] = {Arrangement::contiguous(), Arrangement::rows(), Arrangement::strips(5),
                                      Arrangement::planes()};
  int errors = 0;
  for (const char* name : small_samples) {
    const Bytes file = read_sample(name);
    std::mt19937 random(20240101);
    const auto below = [&random](std::size_t count) { return random() % count; };
    for (int variant = 0; variant < variants; ++variant) {
      Bytes damaged = file;
      // Half of the variants change the header, where a byte decides most.
      const std::size_t range = variant % 2 == 0 ? std::min<std::size_t>(damaged.size(), 200) : damaged.size();
      const std::size_t changes = 1 + below(4);
      for (std::size_t i = 0; i < changes; ++i) damaged[below(range)] ^= static_cast<std::byte>(1U << below(8));
      INFO(name << ", variant " << variant);
      if (decoding_error(damaged, variant % 3 == 0, arrangements[below(std::size(arrangements))])) ++errors;
    }
  }
  // Most damage shows: every byte of a PNG is under a checksum.
  CHECK(errors > variants * static_cast<int>(small_samples.size()) / 2);
}

/// A PNG whose checksums fit whatever its chunks hold, so that damage gets past them.
void repair_checksums(Bytes& file) {
  const auto u32 = [&file](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(file[at + i]);
    return value;
  };
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t size = u32(at);
    if (size > file.size() - at - 12) return;
    std::uint32_t crc = 0xFFFFFFFF;
    for (std::size_t i = at + 4; i < at + 8 + size; ++i) {
      crc ^= std::to_integer<std::uint32_t>(file[i]);
      for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
    }
    crc = ~crc;
    for (std::size_t i = 0; i < 4; ++i) file[at + 8 + size + i] = static_cast<std::byte>(crc >> (24 - 8 * i));
    at += 12 + size;
  }
}

TEST_CASE("damaged files: changed bytes of a PNG under right checksums give pixels or an error") {
  constexpr int variants = 100;
  int errors = 0;
  int tries = 0;
  for (const std::string name : small_samples) {
    if (!name.ends_with(".png")) continue;
    const Bytes file = read_sample(name.c_str());
    Bytes untouched = file;
    repair_checksums(untouched);
    REQUIRE(untouched == file);
    std::mt19937 random(20240102);
    for (int variant = 0; variant < variants; ++variant) {
      Bytes damaged = file;
      const std::size_t range = variant % 2 == 0 ? std::min<std::size_t>(damaged.size(), 300) : damaged.size();
      damaged[8 + random() % (range - 8)] ^= static_cast<std::byte>(1U << random() % 8);
      repair_checksums(damaged);
      INFO(name << ", variant " << variant);
      ++tries;
      if (decoding_error(damaged, variant % 2 == 0, Arrangement::rows())) ++errors;
    }
  }
  CHECK(errors > 0);
  CHECK(errors < tries);
}

}  // namespace
}  // namespace imgbuf::test
