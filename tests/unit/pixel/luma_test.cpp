#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <vector>

#include "imgbuf/pixel.hpp"
#include "unit/pixel/reference_model.hpp"

using namespace imgbuf;
using namespace imgbuf::test;

namespace {

template <class T>
std::vector<T> to_gray(const std::vector<T>& rgb) {
  constexpr auto item = static_cast<std::ptrdiff_t>(sizeof(T));
  const auto width = static_cast<std::ptrdiff_t>(rgb.size() / 3);
  std::vector<T> gray(rgb.size() / 3);
  Context context;
  PixelConverter(source_info(PixelFormat::of(element_type_of<T>(), ColorModel::rgb)),
                 PixelFormat::of(element_type_of<T>(), ColorModel::gray))
      .convert(View<T>(gray.data(), Layout{{1, width * item}, {width, item}, {1, item}}),
               View<const T>(rgb.data(), Layout{{1, 3 * width * item}, {width, 3 * item}, {3, item}}), context);
  return gray;
}

/// Samples for which the gray is not the nearest integer to 0.299 R + 0.587 G + 0.114 B, halves up.
template <class T>
std::size_t wrong_grays(const std::vector<T>& rgb) {
  const auto gray = to_gray(rgb);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < gray.size(); ++i) {
    const std::uint64_t thousandfold =
        299 * std::uint64_t{rgb[3 * i]} + 587 * std::uint64_t{rgb[3 * i + 1]} + 114 * std::uint64_t{rgb[3 * i + 2]};
    const std::uint64_t below = thousandfold / 1000;
    wrong += gray[i] != below + (thousandfold % 1000 >= 500 ? 1 : 0);
  }
  return wrong;
}

}  // namespace

TEST_CASE("Luma of 8 bits is exact over the colour cube", "[pixel]") {
  std::vector<std::uint8_t> rgb;
  for (unsigned r = 0; r < 256; r += 3) {
    for (unsigned g = 0; g < 256; g += 5) {
      for (unsigned b = 0; b < 256; b += 3) {
        rgb.insert(rgb.end(),
                   {static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)});
      }
    }
  }
  CHECK(wrong_grays(rgb) == 0);
}

TEST_CASE("Luma of 16 bits is exact, halves included", "[pixel]") {
  std::mt19937 random(3);
  std::vector<std::uint16_t> rgb;
  for (int i = 0; i < 300000; ++i) rgb.push_back(static_cast<std::uint16_t>(random()));
  for (unsigned g = 0; g < 65536; ++g) {  // 500 thousandths come often with R = 0, B = 250
    rgb.insert(rgb.end(), {std::uint16_t{0}, static_cast<std::uint16_t>(g), std::uint16_t{250}});
  }
  CHECK(wrong_grays(rgb) == 0);
}

TEST_CASE("Gray colours keep their value", "[pixel]") {
  std::vector<std::uint8_t> bytes;
  std::vector<std::uint16_t> words;
  std::vector<float> floats;
  for (unsigned v = 0; v < 65536; ++v) {
    if (v < 256) bytes.insert(bytes.end(), 3, static_cast<std::uint8_t>(v));
    words.insert(words.end(), 3, static_cast<std::uint16_t>(v));
    floats.insert(floats.end(), 3, static_cast<float>(v) / 65535.0F);
  }
  const auto gray8 = to_gray(bytes);
  for (std::size_t v = 0; v < 256; ++v) REQUIRE(gray8[v] == v);
  const auto gray16 = to_gray(words);
  const auto gray32 = to_gray(floats);
  std::size_t wrong = 0;
  for (std::size_t v = 0; v < 65536; ++v) wrong += gray16[v] != v || gray32[v] != floats[3 * v];
  CHECK(wrong == 0);
}
