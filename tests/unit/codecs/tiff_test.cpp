#include <catch2/catch.hpp>
#include <filesystem>
#include <set>

#include "imgbuf/error.hpp"
#include "imgbuf/strips.hpp"
#include "support/require_error.hpp"
#include "unit/codecs/tiff_testing.hpp"

namespace imgbuf::test {
namespace {

using enum ElementType;

constexpr std::pair<std::ptrdiff_t, std::ptrdiff_t> sizes[] = {{1, 1}, {3, 7}, {17, 33}};
constexpr ElementType all_types[] = {u8, i8, u16, i16, u32, i32, f16, f32, f64};
constexpr ByteOrder orders[] = {ByteOrder::little, ByteOrder::big};

ImageInfo gray(std::ptrdiff_t height, std::ptrdiff_t width, ElementType type = u8) {
  return info_of_pixels(height, width, PixelFormat::of(type, ColorModel::gray));
}
ImageInfo rgb(std::ptrdiff_t height, std::ptrdiff_t width, ElementType type = u8, bool alpha = false) {
  return info_of_pixels(height, width, PixelFormat::of(type, ColorModel::rgb, alpha));
}
ImageInfo gray_of_bits(std::ptrdiff_t height, std::ptrdiff_t width, int bits) {
  return info_of_pixels(height, width, {bits > 8 ? u16 : u8, ColorModel::gray, false, bits});
}

/// Elements of an order from or to native ones.
Bytes reordered(Bytes bytes, std::size_t item, ByteOrder order) {
  if (order != native_byte_order)
    for (auto at = bytes.begin(); at != bytes.end(); at += static_cast<std::ptrdiff_t>(item))
      std::reverse(at, at + static_cast<std::ptrdiff_t>(item));
  return bytes;
}

Bytes sequence(int count) {
  Bytes bytes;
  for (int i = 0; i < count; ++i) bytes.push_back(static_cast<std::byte>(i * 37 + 1));
  return bytes;
}

Bytes part(const Bytes& bytes, std::size_t first, std::size_t count) {
  const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(first);
  return {at, at + static_cast<std::ptrdiff_t>(count)};
}

TEST_CASE("tiff: every kind and size is written from and read into every arrangement, in both byte orders") {
  for (const ElementType type : all_types)
    for (const auto& [height, width] : sizes)
      for (const ByteOrder order : orders) {
        const EncodeOptions options{.byte_order = order};
        require_round_trip("TIFF", gray(height, width, type), true, options);
        require_round_trip("TIFF", rgb(height, width, type, true), true, options);
        require_round_trip("TIFF", info_of_pixels(height, width, PixelFormat::of(type, ColorModel::cmyk)), true,
                           options);
      }
  for (const auto& [height, width] : sizes) {
    require_round_trip("TIFF", rgb(height, width), true);
    require_round_trip("TIFF", info_of_pixels(height, width, PixelFormat::of(u8, ColorModel::gray, true)), true);
    require_round_trip("TIFF", info_of_pixels(height, width, PixelFormat::of(u8, ColorModel::cmyk, true)), true);
    require_round_trip("TIFF", info_of_pixels(height, width, PixelFormat::of(u8, ColorModel::palette)), true);
    for (const int bits : {1, 2, 4}) {
      require_round_trip("TIFF", gray_of_bits(height, width, bits), false);
      require_round_trip("TIFF", info_of_pixels(height, width, {u8, ColorModel::palette, false, bits}), false);
    }
  }
}

TEST_CASE("tiff: what is written in strips is one strided picture in the map") {
  FileFolder folder;
  const ImageInfo info = rgb(300, 200, u16);
  const GuardedImage image(Kind::contiguous, 300, 200, 3, u16);
  const OpenedImage opened = folder.open(encode_bytes("TIFF", info, image.view(), {.byte_order = ByteOrder::big}));
  REQUIRE(opened.is_mapped);
  CHECK(opened.image.const_view().layout() == Layout{{300, 1200, 0}, {200, 6, 0}, {3, 2, 0}});
  CHECK(opened.image.info().pixel.format == Format(u16, ByteOrder::big));
  const auto address = reinterpret_cast<std::uintptr_t>(opened.image.const_view().origin());
  CHECK(address % 64 == 0);
}

TEST_CASE("tiff: scattered strips are row pointers into the map") {
  for (const ByteOrder order : orders)
    for (const bool is_big : {false, true})
      for (const std::size_t item : {1U, 2U}) {
        const auto bits = 8 * item;
        const Bytes pixels = sequence(static_cast<int>(5 * 4 * 3 * item));
        const std::size_t row = 4 * 3 * item;
        TiffFile file(order, is_big);
        const Bytes stored = reordered(pixels, item, order);
        file.picture(4, 5, bits, 2, 3, stored);
        file.cells({part(stored, 0, 2 * row), part(stored, 2 * row, 2 * row), part(stored, 4 * row, row)})
            .set(278, 4, {2});
        require_pixels(file.bytes(), rgb(5, 4, item == 1 ? u8 : u16), pixels, true);
        FileFolder folder;
        const OpenedImage opened = folder.open(file.bytes());
        CHECK(opened.image.const_view().layout().indirections() == 1);
        CHECK(strips(opened.image).strips.size() == 3);
      }
}

TEST_CASE("tiff: strips that are left out are zeros in every way to read them") {
  for (const ByteOrder order : orders)
    for (const std::set<std::size_t>& missing : {std::set<std::size_t>{0}, {1}, {2}, {0, 2}, {0, 1, 2}}) {
      CAPTURE(missing);
      const std::size_t row = 4 * 3 * 2;
      Bytes pixels = sequence(static_cast<int>(5 * row));
      for (const std::size_t s : missing)
        std::fill_n(pixels.begin() + static_cast<std::ptrdiff_t>(2 * s * row), s == 2 ? row : 2 * row, std::byte{0});
      const Bytes stored = reordered(pixels, 2, order);
      std::vector<Bytes> cells;
      for (const std::size_t s : {0U, 1U, 2U})
        cells.push_back(missing.contains(s) ? Bytes() : part(stored, 2 * s * row, s == 2 ? row : 2 * row));
      TiffFile file(order, missing.size() == 2);
      file.picture(4, 5, 16, 2, 3, {}).cells(cells).set(278, 4, {2});
      require_pixels(file.bytes(), rgb(5, 4, u16), pixels, true);
    }
}

TEST_CASE("tiff: rows of strips that are left out are one row of zeros beside the map") {
  TiffFile file;
  file.picture(4, 7, 8, 1, 1, {}).cells({{}, sequence(8), {}, sequence(4)}).set(278, 4, {2});
  FileFolder folder;
  const OpenedImage opened = folder.open(file.bytes());
  REQUIRE(opened.is_mapped);
  CHECK(opened.decoded_bytes == 0);
  const AnyConstView view = opened.image.const_view();
  CHECK(view.layout().indirections() == 1);
  const std::byte* const zeros = view.index(0, 0).origin();
  for (const std::ptrdiff_t y : {1, 4, 5}) CHECK(view.index(0, y).origin() == zeros);
  const Segment* const segment = opened.image.storage().find(zeros, 4);
  REQUIRE(segment != nullptr);
  CHECK(segment->bytes == 4);
  CHECK(segment->access == Access::read_only);
  CHECK(opened.image.storage().find(view.index(0, 2).origin(), 8) != segment);
  CHECK(strips(opened.image).strips.size() == 4);
}

TEST_CASE("tiff: zeros that are left out mean what stored ones mean") {
  for (const bool planar : {false, true}) {
    TiffFile nothing;
    nothing.picture(2, 3, 8, 2, 3, {}).set(284, 3, {planar ? 2U : 1U});
    nothing.cells(std::vector<Bytes>(planar ? 3 : 1));
    require_pixels(nothing.bytes(), rgb(3, 2), Bytes(18), true);
  }
  TiffFile white;
  white.picture(3, 2, 8, 0, 1, {}).cells({bytes_of({0, 1, 255}), {}}).set(278, 4, {1});
  require_pixels(white.bytes(), gray(2, 3), bytes_of({255, 254, 0, 255, 255, 255}), false);
  TiffFile bits;
  bits.picture(3, 2, 1, 0, 1, {}).cells({{}, bytes_of({0x40})}).set(278, 4, {1});
  require_pixels(bits.bytes(), gray_of_bits(2, 3, 1), bytes_of({1, 1, 1, 1, 0, 1}), false);
  TiffFile tiles;
  tiles.picture(3, 1, 8, 0, 1, {}).cells({bytes_of({9, 8}), {}}, 2, 1);
  require_pixels(tiles.bytes(), gray(1, 3), bytes_of({246, 247, 255}), false);
  TiffFile stepped;
  stepped.picture(1, 2, 8, 2, 5, {}).cells({{}, bytes_of({1, 2, 3, 90, 91})}).set(278, 4, {1}).set(338, 3, {0, 2});
  require_pixels(stepped.bytes(), rgb(2, 1, u8, true), bytes_of({0, 0, 0, 0, 1, 2, 3, 91}), false);
}

TEST_CASE("tiff: planes, evenly spaced or not, in strips or not") {
  const Bytes pixels = sequence(3 * 2 * 3);
  Bytes planes[3];
  for (std::size_t i = 0; i < pixels.size(); ++i) planes[i % 3].push_back(pixels[i]);
  FileFolder folder;
  for (const ByteOrder order : orders) {
    TiffFile file(order);
    file.picture(2, 3, 8, 2, 3, joined({planes[0], planes[1], planes[2]})).set(284, 3, {2});
    const std::uint64_t first = 8;
    file.set(273, 4, {first, first + 6, first + 12}).set(279, 4, {6, 6, 6});
    require_pixels(file.bytes(), rgb(3, 2), pixels, true);
    CHECK(folder.open(file.bytes()).image.const_view().layout() == Layout{{3, 2, 0}, {2, 1, 0}, {3, 6, 0}});

    TiffFile uneven(order);
    uneven.picture(2, 3, 8, 2, 3, planes[1]).set(284, 3, {2});
    (void)uneven.place(bytes_of({1, 2, 3}));
    uneven.cells({planes[0], planes[1], joined({planes[2], bytes_of({0})})});
    require_pixels(uneven.bytes(), rgb(3, 2), pixels, true);

    TiffFile in_strips(order);
    in_strips.picture(2, 3, 8, 2, 3, {}).set(284, 3, {2}).set(278, 4, {2});
    std::vector<Bytes> cells;
    for (const Bytes& plane : planes) {
      cells.push_back(part(plane, 0, 4));
      cells.push_back(part(plane, 4, 2));
    }
    in_strips.cells(cells);
    require_pixels(in_strips.bytes(), rgb(3, 2), pixels, true);
    CHECK(folder.open(in_strips.bytes()).image.const_view().layout().indirections() == 1);

    // A plane that is left out, and the strip of another one.
    Bytes some = pixels;
    for (std::size_t i = 0; i < some.size(); ++i)
      if (i % 3 == 1 || (i % 3 == 2 && i < 12)) some[i] = std::byte{0};
    in_strips.cells({cells[0], cells[1], {}, {}, {}, cells[5]});
    require_pixels(in_strips.bytes(), rgb(3, 2), some, true);
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = i % 3 == 1 ? std::byte{0} : pixels[i];
    uneven.cells({planes[0], {}, planes[2]});
    require_pixels(uneven.bytes(), rgb(3, 2), some, true);
  }
}

TEST_CASE("tiff: no pixels are where the file begins") {
  TiffFile file;
  file.picture(2, 1, 8, 1, 1, bytes_of({1, 2})).set(273, 4, {0});
  require_error(ErrorCode::corrupt_data, "memory: strip 0 would be where the file begins, which is no place for pixels",
                [&] { (void)decode_bytes(file.bytes()); });
}

TEST_CASE("tiff: the row in the place of those left out counts against the limits") {
  TiffFile file;
  file.picture(1000, 2, 8, 1, 1, {}).cells({Bytes()}).set(278, 4, {2});
  Limits limits;
  limits.max_image_bytes = 1000;
  CHECK_NOTHROW(open_reader(Source::memory(file.bytes()), limits));
  limits.max_image_bytes = 999;
  require_error(ErrorCode::limit_exceeded,
                "memory: a row that is not stored takes 1000 bytes, more than max_image_bytes (999)",
                [&] { (void)open_reader(Source::memory(file.bytes()), limits); });
}

TEST_CASE("tiff: extra samples that are no alpha are stepped over") {
  TiffFile file;
  file.picture(2, 1, 8, 2, 5, bytes_of({1, 2, 3, 90, 91, 4, 5, 6, 92, 93})).set(338, 3, {0, 0});
  require_pixels(file.bytes(), rgb(1, 2), bytes_of({1, 2, 3, 4, 5, 6}), true);
  file.set(338, 3, {2, 0});
  require_pixels(file.bytes(), rgb(1, 2, u8, true), bytes_of({1, 2, 3, 90, 4, 5, 6, 92}), true);
  // Alpha behind another sample stands at no even distance.
  file.set(338, 3, {0, 2});
  CHECK(decode_bytes(file.bytes()) == bytes_of({1, 2, 3, 91, 4, 5, 6, 93}));
  FileFolder folder;
  CHECK(folder.open(file.bytes()).reason == "its channels are not evenly spaced in the file's pixels");
  CHECK(open_reader(Source::memory(file.bytes()))->info().metadata.not_carried ==
        std::vector<std::string>{"extra samples: 1 a pixel"});
}

TEST_CASE("tiff: tiles are put together") {
  for (const ByteOrder order : orders) {
    // 5 x 3 pixels in tiles of 2 x 2: the last column and row reach over the edge.
    const Bytes pixels = sequence(5 * 3);
    std::vector<Bytes> tiles;
    for (std::size_t y = 0; y < 3; y += 2)
      for (std::size_t x = 0; x < 5; x += 2) {
        Bytes tile;
        for (std::size_t i = 0; i < 4; ++i) {
          const std::size_t ty = y + i / 2;
          const std::size_t tx = x + i % 2;
          tile.push_back(ty < 3 && tx < 5 ? pixels[ty * 5 + tx] : std::byte{0xee});
        }
        tiles.push_back(tile);
      }
    TiffFile file(order);
    file.picture(5, 3, 8, 1, 1, {}).cells(tiles, 2, 2);
    require_pixels(file.bytes(), gray(3, 5), pixels, false);
    FileFolder folder;
    CHECK(folder.open(file.bytes()).reason == "it is stored in 2 x 3 cells, of which open_grid makes a view");
    // One tile a row of tiles is as good as strips.
    TiffFile wide(order);
    wide.picture(3, 2, 8, 1, 1, {}).cells({bytes_of({1, 2, 3, 0}), bytes_of({4, 5, 6, 0})}, 4, 1);
    require_pixels(wide.bytes(), gray(2, 3), bytes_of({1, 2, 3, 4, 5, 6}), true);
  }
}

TEST_CASE("tiff: a file may end in what its last tile has behind the picture") {
  const Bytes pixels = sequence(3 * 3);
  const auto tile = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    return Bytes{pixels[a], pixels[b], pixels[c], pixels[d]};
  };
  TiffFile file;
  file.picture(3, 3, 8, 1, 1, {}).cells({tile(0, 1, 3, 4), tile(2, 2, 5, 5), tile(6, 7, 6, 7), {}}, 2, 2);
  const std::uint64_t size = file.bytes().size();
  // The others stand before the directory, the last one behind it.
  file.set(324, 4, {18, 13, 8, size}).set(325, 4, {4, 4, 4, 4});
  REQUIRE(file.bytes().size() == size);
  for (std::size_t left = 4; left >= 1; --left) {
    CAPTURE(left);
    require_pixels(joined({file.bytes(), part(tile(8, 0, 0, 0), 0, left)}), gray(3, 3), pixels, false);
  }
  require_error(ErrorCode::truncated_data,
                "memory: row 2: the file ends too early: no 1 bytes at offset " + std::to_string(size),
                [&] { (void)decode_bytes(file.bytes()); });
}

TEST_CASE("tiff: a region reads its own tiles alone") {
  constexpr std::uint64_t nowhere = 1'000'000;
  TiffFile file;
  file.picture(7, 2, 8, 1, 1, {}).cells({bytes_of({1, 2, 5, 6}), {}, {}, {}}, 2, 2);
  const std::uint64_t second = file.place(bytes_of({3, 4, 7, 8}));
  const std::uint64_t third = file.place(bytes_of({9, 10, 13, 14}));
  file.set(324, 4, {nowhere, second, third, nowhere}).set(325, 4, {4, 4, 4, 4});
  for (const bool expand : {false, true}) {
    CHECK(decode_bytes(file.bytes(), {.region = Region{3, 0, 2, 2}, .expand = expand}) == bytes_of({4, 9, 8, 13}));
    CHECK(decode_bytes(file.bytes(), {.region = Region{2, 1, 4, 1}, .expand = expand}) == bytes_of({7, 8, 13, 14}));
  }
  for (const Region& more : {Region{1, 0, 2, 2}, Region{5, 0, 2, 2}, Region{0, 0, 7, 2}}) {
    CAPTURE(more.x);
    CHECK_THROWS_AS(decode_bytes(file.bytes(), {.region = more}), Error);
  }
}

TEST_CASE("tiff: samples that are no whole bytes are unpacked") {
  const auto require_packed = [](int bits, const Bytes& stored, const Bytes& samples, int fill_order = 1) {
    INFO(bits << " bits, fill order " << fill_order);
    TiffFile file;
    file.picture(samples.size() / (bits > 8 ? 2 : 1), 1, static_cast<std::uint64_t>(bits), 1, 1, stored);
    file.set(266, 3, {static_cast<std::uint64_t>(fill_order)});
    require_pixels(file.bytes(),
                   gray_of_bits(1, static_cast<std::ptrdiff_t>(samples.size()) / (bits > 8 ? 2 : 1), bits), samples,
                   false);
  };
  require_packed(1, bytes_of({0xa8}), bytes_of({1, 0, 1, 0, 1}));
  require_packed(1, bytes_of({0x15}), bytes_of({1, 0, 1, 0, 1}), 2);
  require_packed(2, bytes_of({0x1b, 0x80}), bytes_of({0, 1, 2, 3, 2}));
  require_packed(4, bytes_of({0x1f, 0x50}), bytes_of({1, 15, 5}));
  require_packed(6, bytes_of({0x04, 0x20, 0xff}), bytes_of({1, 2, 3, 63}));
  require_packed(12, bytes_of({0x12, 0x3a, 0xbc, 0xff, 0xf0}), numbers({0x123, 0xabc, 0xfff}, 2, native_byte_order));
}

TEST_CASE("tiff: white is zero") {
  TiffFile file;
  file.picture(3, 1, 8, 0, 1, bytes_of({0, 1, 255}));
  require_pixels(file.bytes(), gray(1, 3), bytes_of({255, 254, 0}), false);
  for (const ByteOrder order : orders) {
    TiffFile wide(order);
    wide.picture(2, 1, 16, 0, 1, numbers({0, 0x1234}, 2, order));
    require_pixels(wide.bytes(), gray(1, 2, u16), numbers({0xffff, 0xedcb}, 2, native_byte_order), false);
  }
  TiffFile bits;
  bits.picture(3, 1, 1, 0, 1, bytes_of({0x40}));
  require_pixels(bits.bytes(), gray_of_bits(1, 3, 1), bytes_of({1, 0, 1}), false);
}

TEST_CASE("tiff: colours that were multiplied by alpha are divided") {
  TiffFile file;
  file.picture(3, 1, 8, 2, 4, bytes_of({10, 20, 128, 128, 9, 9, 9, 0, 200, 100, 0, 100})).set(338, 3, {1});
  // round(10 * 255 / 128) = 20, and what is over alpha is white
  require_pixels(file.bytes(), rgb(1, 3, u8, true), bytes_of({20, 40, 255, 128, 0, 0, 0, 0, 255, 255, 0, 100}), false);
}

TEST_CASE("tiff: palettes of 16 and of wrongly 8 bits a value") {
  TiffFile file;
  file.picture(2, 1, 1, 3, 1, bytes_of({0x40})).set(320, 3, {0x0101, 0xffff, 0, 257 * 7, 256 * 9, 256 * 10 + 255});
  ImageInfo info = info_of_pixels(1, 2, {u8, ColorModel::palette, false, 1});
  info.palette = {{.red = 1, .green = 0, .blue = 9}, {.red = 255, .green = 7, .blue = 10}};
  require_pixels(file.bytes(), info, bytes_of({0, 1}), false);
  file.set(320, 3, {1, 255, 0, 7, 9, 10});
  require_pixels(file.bytes(), info, bytes_of({0, 1}), false);
}

TEST_CASE("tiff: a picture past 4 GiB is a BigTIFF, and is mapped as any other") {
  ImageInfo info = rgb(30000, 60000);
  Bytes file;
  Context context;
  const auto sink = Sink::memory(file);
  make_writer("TIFF", *sink, {})->start(info, context);
  REQUIRE(file.size() % 64 == 0);
  REQUIRE(std::to_integer<int>(file[native_byte_order == ByteOrder::little ? 2 : 3]) == 43);
  FileFolder folder;
  const std::string path = folder.write(file);
  const auto bytes = static_cast<std::uintmax_t>(file.size()) + static_cast<std::uintmax_t>(info.pixel_bytes());
  std::filesystem::resize_file(path, bytes);  // holes take no room on the disk
  const OpenedImage opened = open_image(path);
  REQUIRE(opened.is_mapped);
  CHECK(opened.image.const_view().layout() == Layout{{30000, 180000, 0}, {60000, 3, 0}, {3, 1, 0}});
  CHECK(*opened.image.const_view().address({29999, 59999, 2}) == std::byte{0});
  std::filesystem::resize_file(path, bytes - 1);
  CHECK_THROWS_WITH(open_image(path), Catch::Contains("its pixels take " + std::to_string(bytes) + " bytes"));
  info.height = 1000;
  file.clear();
  make_writer("TIFF", *sink, {})->start(info, context);
  CHECK(std::to_integer<int>(file[native_byte_order == ByteOrder::little ? 2 : 3]) == 42);
}

TEST_CASE("tiff: the nearest that can be stored") {
  const auto nearest = [](const PixelFormat& pixel) {
    return nearest_storable("TIFF", info_of_pixels(1, 1, pixel)).to_string();
  };
  CHECK(nearest({u8, ColorModel::gray, false, 1}) == "gray u8 (1 bit)");
  CHECK(nearest({u8, ColorModel::gray, false, 3}) == "gray u8");
  CHECK(nearest({u8, ColorModel::gray, true, 1}) == "gray+alpha u8");
  CHECK(nearest({u16, ColorModel::rgb, true, 12}) == "rgba u16");
  CHECK(nearest({u8, ColorModel::palette, false, 4}) == "palette u8 (4 bit)");
  ImageInfo transparent = info_of_pixels(1, 1, {u8, ColorModel::palette, false, 4});
  transparent.palette[3].alpha = 7;
  CHECK(nearest_storable("TIFF", transparent).to_string() == "rgba u8");
  CHECK_FALSE(can_store("TIFF", transparent));
}

}  // namespace
}  // namespace imgbuf::test
