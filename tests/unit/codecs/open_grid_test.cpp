#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "imgbuf/open_image.hpp"
#include "imgbuf/walk.hpp"
#include "support/require_error.hpp"
#include "unit/codecs/tiff_testing.hpp"

namespace imgbuf::test {
namespace {

using enum ElementType;

constexpr ByteOrder orders[] = {ByteOrder::little, ByteOrder::big};

/// A tiled TIFF of some pixels and the pixels that it must give.
struct Tiled {
  ImageInfo info;
  std::ptrdiff_t tile_height = 16, tile_width = 16;
  bool planar = false;
  ByteOrder order = ByteOrder::little;
  bool is_big = false;
  std::set<std::size_t> not_stored = {};  ///< tiles, in the file's order

  /// @param pixels  native elements in C order; set to 0 where tiles are not stored
  [[nodiscard]] TiffFile file(Bytes& pixels) const {
    const auto item = static_cast<std::size_t>(info.pixel.format.itemsize());
    const int channels = info.channels(), planes = planar ? channels : 1, in_tile = planar ? 1 : channels;
    std::vector<Bytes> tiles;
    for (int p = 0; p < planes; ++p)
      for (std::ptrdiff_t y = 0; y < info.height; y += tile_height)
        for (std::ptrdiff_t x = 0; x < info.width; x += tile_width) {
          const bool is_missing = not_stored.contains(tiles.size());
          Bytes tile;
          for (std::ptrdiff_t i = y; i < y + tile_height; ++i)
            for (std::ptrdiff_t j = x; j < x + tile_width; ++j)
              for (int c = p; c < p + in_tile; ++c) {
                const bool is_inside = i < info.height && j < info.width;
                Bytes element(item, std::byte{0xee});  // nobody sees it
                if (is_inside) {
                  const auto at =
                      pixels.begin() + ((i * info.width + j) * channels + c) * static_cast<std::ptrdiff_t>(item);
                  if (is_missing) std::fill_n(at, item, std::byte{0});
                  std::copy_n(at, item, element.begin());
                  if (order != native_byte_order) std::reverse(element.begin(), element.end());
                }
                tile.insert(tile.end(), element.begin(), element.end());
              }
          tiles.push_back(is_missing ? Bytes() : std::move(tile));
        }
    TiffFile file(order, is_big);
    const ElementType type = info.pixel.format.type();
    file.picture(static_cast<std::uint64_t>(info.width), static_cast<std::uint64_t>(info.height), 8 * item,
                 info.pixel.color == ColorModel::rgb ? 2 : 1, static_cast<std::uint64_t>(channels), {});
    file.set(339, 3, std::vector<std::uint64_t>(static_cast<std::size_t>(channels), is_floating_point(type) ? 3 : 1));
    if (planar) file.set(284, 3, {2});
    if (info.pixel.alpha) file.set(338, 3, {2});
    file.cells(tiles, static_cast<std::uint64_t>(tile_width), static_cast<std::uint64_t>(tile_height));
    return file;
  }
};

Bytes random_pixels(const ImageInfo& info, std::uint32_t seed) {
  const Image image = Image::allocate(info);
  fill_random(image.view(), seed);
  return packed(image.const_view());
}

Bytes pixels_of(const GridImage& image) {
  return packed(copy_of(image, {}, Context()).const_view());
}

TEST_CASE("open_grid: tiled TIFF of every size and kind, chunky and planar, in both byte orders") {
  FileFolder folder;
  std::uint32_t seed = 0;
  for (const ElementType type : {u8, u16, u32, f16, f32, f64})
    for (const std::ptrdiff_t height : {1, 15, 16, 17, 33})
      for (const std::ptrdiff_t width : {1, 15, 16, 31, 32, 49})
        for (const auto& [color, alpha] :
             {std::pair(ColorModel::gray, false), {ColorModel::rgb, false}, {ColorModel::rgb, true}}) {
          const ByteOrder order = orders[++seed % 2];
          const Tiled tiled{.info = info_of_pixels(height, width, PixelFormat::of(type, color, alpha)),
                            .tile_width = seed % 3 == 0 ? 32 : 16,
                            .planar = seed % 5 < 2,
                            .order = order,
                            .is_big = seed % 7 == 0};
          Bytes pixels = random_pixels(tiled.info, seed);
          const std::string path = folder.write(tiled.file(pixels).bytes());
          const OpenedGrid opened = open_grid(path);
          CAPTURE(seed, height, width, to_string(type), tiled.planar, tiled.tile_width, tiled.info.channels());
          REQUIRE(opened.is_mapped);
          REQUIRE(opened.reason.empty());
          REQUIRE(opened.image.is_read_only());
          REQUIRE(opened.image.info().pixel.format == Format(type, size_of(type) == 1 ? native_byte_order : order));
          REQUIRE(pixels_of(opened.image) == pixels);
          const OpenedImage plain = open_image(path);
          REQUIRE(packed(plain.image.const_view()) == pixels);
          REQUIRE(plain.is_mapped == (opened.image.cell_count() == 1));

          // A region and one channel are geometry alone.
          DecodeOptions part{.region = Region{width / 3, height / 3, width - width / 3, height - height / 3}};
          part.channels = {tiled.info.channels() - 1};
          const OpenedGrid one = open_grid(path, {.decode = part});
          REQUIRE(one.is_mapped);
          REQUIRE(pixels_of(one.image) ==
                  packed(plain.image.const_view()
                             .crop({height / 3, width / 3}, {height - height / 3, width - width / 3})
                             .select(2, {tiled.info.channels() - 1})));
        }
}

TEST_CASE("open_grid: tiles that are not stored are zeros") {
  FileFolder folder;
  for (const bool planar : {false, true})
    for (const std::set<std::size_t>& missing : {std::set<std::size_t>{0}, {1, 2}, {0, 1, 2, 3}, {3}}) {
      const Tiled tiled{.info = info_of_pixels(20, 24, PixelFormat::of(u16, ColorModel::rgb)),
                        .planar = planar,
                        .not_stored = missing};
      Bytes pixels = random_pixels(tiled.info, 4);
      const std::string path = folder.write(tiled.file(pixels).bytes());
      const OpenedGrid opened = open_grid(path);
      CAPTURE(planar, missing);
      CHECK(opened.is_mapped);
      CHECK(pixels_of(opened.image) == pixels);
      require_pixels(tiled.file(pixels).bytes(), tiled.info, pixels, opened.image.cell_count() == 1);
    }
}

TEST_CASE("open_grid: a file without tiles is one cell") {
  FileFolder folder;
  const ImageInfo info = info_of_pixels(5, 4, PixelFormat::of(u8, ColorModel::rgb));
  const Bytes pixels = random_pixels(info, 1);
  const AnyConstView view(pixels.data(), Layout::contiguous(std::vector<std::ptrdiff_t>{5, 4, 3}, 1), u8);
  for (const std::string_view format : {"PNM", "BMP", "NPY", "TIFF", "PNG"}) {
    const OpenedGrid opened = open_grid(folder.write(encode_bytes(format, info, view)));
    INFO(format);
    CHECK(opened.is_mapped == (format != "PNG"));
    CHECK(opened.reason == (format == "PNG" ? "PNG is compressed" : ""));
    CHECK(opened.decoded_bytes == (format == "PNG" ? 60 : 0));
    CHECK(opened.image.cell_count() == 1);
    CHECK(pixels_of(opened.image) == pixels);
  }
}

TEST_CASE("open_grid: offsets that leave the file are refused") {
  FileFolder folder;
  const Tiled tiled{.info = info_of_pixels(20, 24, PixelFormat::of(u8, ColorModel::gray))};
  Bytes pixels = random_pixels(tiled.info, 2);
  const auto require_refused = [&](std::vector<std::uint64_t> offsets, bool is_big, ErrorCode code) {
    Tiled changed = tiled;
    changed.is_big = is_big;
    TiffFile file = changed.file(pixels);
    file.set(324, is_big ? 16 : 4, std::move(offsets));
    const std::string path = folder.write(file.bytes());
    CAPTURE(is_big);
    try {
      (void)open_grid(path);
      FAIL("it was opened");
    } catch (const Error& error) {
      CHECK(to_string(error.code()) == to_string(code));
    }
  };
  require_refused({8, 8, 8, 0xffffffff}, false, ErrorCode::truncated_data);
  require_refused({8, 8, 8, 1400}, false, ErrorCode::truncated_data);
  require_refused({8, ~std::uint64_t{0} - 1, 8, 8}, true, ErrorCode::corrupt_data);
  require_refused({8, std::uint64_t{1} << 63, 8, 8}, true, ErrorCode::corrupt_data);
  require_refused({8, (std::uint64_t{1} << 63) - 200, 8, 8}, true, ErrorCode::corrupt_data);
  // A tile too small is not one that is left out.
  TiffFile file = tiled.file(pixels);
  file.set(325, 4, {256, 0, 256, 256});
  const std::string path = folder.write(file.bytes());
  require_error(ErrorCode::corrupt_data, path + ": tile 1 has 0 bytes of 256", [&] { (void)open_grid(path); });
}

TEST_CASE("open_grid: a region inside one tile is an image in the map") {
  FileFolder folder;
  const Tiled tiled{.info = info_of_pixels(40, 40, PixelFormat::of(u8, ColorModel::rgb))};
  Bytes pixels = random_pixels(tiled.info, 3);
  const std::string path = folder.write(tiled.file(pixels).bytes());
  const OpenedImage inside = open_image(path, {.decode = {.region = Region{17, 18, 10, 12}}});
  CHECK(inside.is_mapped);
  const OpenedImage whole = open_image(path);
  CHECK_FALSE(whole.is_mapped);
  CHECK(whole.reason == "it is stored in 3 x 3 cells, of which open_grid makes a view");
  CHECK(packed(inside.image.const_view()) == packed(whole.image.const_view().crop({18, 17}, {12, 10})));
}

}  // namespace
}  // namespace imgbuf::test
