#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/codecs/png_testing.hpp"

namespace imgbuf::test::png {

namespace {

std::int64_t rows_gathered_by_interlacing(std::ptrdiff_t height) {
  std::int64_t rows = 0;
  for (std::ptrdiff_t y = 0; y < height; ++y) {
    // Adam7: rows 0, 8, … belong to passes 1, 2, 4 and 6, rows 4, 12, … to 3, 4 and 6, and so on.
    constexpr int passes_of_row[8] = {4, 1, 2, 1, 3, 1, 2, 1};
    rows += passes_of_row[y % 8];
  }
  return rows;
}

}  // namespace

TEST_CASE("png: every kind and size is written from and read into every arrangement") {
  std::uint32_t seed = 1;
  for (const auto& kind : all_png_kinds()) {
    for (std::size_t i = 0; i < png_sizes().size(); ++i) {
      const std::ptrdiff_t height = other_size(i);
      const std::ptrdiff_t width = png_sizes()[i];
      const RandomPng png = random_png(kind, height, width, ++seed);
      const auto channels = png.info.channels();
      INFO(kind.name() << ", " << width << " x " << height);
      REQUIRE(decode_with_libpng(png.file) == png.pixels);

      for (const Kind arrangement : all_kinds()) {
        INFO(name(arrangement));
        const GuardedImage image(arrangement, height, width, channels, png.info.pixel.format);
        Context reading;
        const auto reader = open_bytes(png.file);
        const ImageInfo info = reader->start({});
        REQUIRE(info.pixel == png.info.pixel);
        REQUIRE(info.palette == png.info.palette);
        REQUIRE(info.transparent_color == png.info.transparent_color);
        REQUIRE(reader->needs_whole_image() == kind.interlaced);
        reader->read_rows(image.view(), reading);
        reader->finish(reading);
        REQUIRE(packed(image.view()) == png.pixels);

        Context writing;
        const Bytes again = encode_png(png.info, image.view(), writing, {.interlaced = kind.interlaced});
        REQUIRE(again == png.file);
        REQUIRE(image.guards_intact());

        if (width > 1) {
          const bool in_place = test::has_packed_rows(arrangement, channels);
          const std::int64_t rows = kind.interlaced ? rows_gathered_by_interlacing(height) : height;
          REQUIRE(reading.scratch_bytes() == (in_place ? 0 : png.info.pixel_bytes()));
          REQUIRE(writing.scratch_bytes() == (in_place ? 0 : rows * png.info.row_bytes()));
        }
      }
    }
  }
}

TEST_CASE("png: the file says what the writer was given") {
  for (const auto& kind : all_png_kinds()) {
    INFO(kind.name());
    const RandomPng png = random_png(kind, 5, 3, 7);
    const auto header = png_chunks(png.file).front();
    REQUIRE(header.type == "IHDR");
    const auto byte = [&](std::size_t i) { return std::to_integer<int>(header.data[i]); };
    CHECK(byte(3) == 3);
    CHECK(byte(7) == 5);
    CHECK(byte(8) == kind.bit_depth);
    const int expected_type =
        kind.color == ColorModel::palette ? 3 : (kind.color == ColorModel::rgb ? 2 : 0) + (kind.alpha ? 4 : 0);
    CHECK(byte(9) == expected_type);
    CHECK(byte(12) == (kind.interlaced ? 1 : 0));

    const auto reader = open_bytes(png.file);
    CHECK(reader->info().file.format == "PNG");
    CHECK(reader->info().file.bit_depth == kind.bit_depth);
    CHECK(reader->info().file.interlaced == kind.interlaced);
    const char* const names[] = {"grayscale", "", "RGB", "palette", "grayscale+alpha", "", "RGB+alpha"};
    CHECK(reader->info().file.color_type == names[expected_type]);
  }
}

TEST_CASE("png: rows come in pieces of any size, each from and into its own arrangement") {
  for (const auto& kind : all_png_kinds()) {
    if (kind.interlaced) continue;
    INFO(kind.name());
    const std::ptrdiff_t height = 75;
    const std::ptrdiff_t width = 13;
    const RandomPng png = random_png(kind, height, width, 11);
    const auto row_bytes = static_cast<std::size_t>(png.info.row_bytes());
    Context context;
    Bytes again;
    const auto sink = Sink::memory(again);
    const auto writer = make_writer("PNG", *sink, {});
    writer->start(png.info, context);
    const auto reader = open_bytes(png.file);
    (void)reader->start({});
    Bytes pixels;
    for (std::size_t i = 0; reader->rows_read() < height; ++i) {
      const auto wanted = static_cast<std::ptrdiff_t>(i * 7 % 20 + 1);
      const std::ptrdiff_t count = std::min(wanted, height - reader->rows_read());
      const GuardedImage piece(all_kinds()[i % all_kinds().size()], count, width, png.info.channels(),
                               png.info.pixel.format);
      reader->read_rows(piece.view(), context);
      writer->write_rows(piece.view(), context);
      REQUIRE(piece.guards_intact());
      const Bytes got = packed(piece.view());
      REQUIRE(got.size() == row_bytes * static_cast<std::size_t>(count));
      pixels.insert(pixels.end(), got.begin(), got.end());
    }
    reader->finish(context);
    writer->finish(context);
    CHECK(pixels == png.pixels);
    CHECK(again == png.file);
  }
}

TEST_CASE("png: 16 bit rows of either byte order are read and written in place, the first rows decide") {
  const RandomPng png = random_png({ColorModel::rgb, false, 16}, 8, 9, 3);
  const auto opposite = native_byte_order == ByteOrder::little ? ByteOrder::big : ByteOrder::little;
  for (const ByteOrder first : {native_byte_order, opposite}) {
    const ByteOrder second = first == opposite ? native_byte_order : opposite;
    Context context;
    const auto reader = open_bytes(png.file);
    (void)reader->start({});
    const GuardedImage top(Kind::rows, 4, 9, 3, Format(ElementType::u16, first));
    const GuardedImage bottom(Kind::rows, 4, 9, 3, Format(ElementType::u16, second));
    CHECK(reader->decodes_in_place(top.view().layout(), top.view().format()));
    CHECK(reader->decodes_in_place(bottom.view().layout(), bottom.view().format()));
    reader->read_rows(top.view(), context);
    CHECK(reader->decodes_in_place(top.view().layout(), top.view().format()));
    CHECK_FALSE(reader->decodes_in_place(bottom.view().layout(), bottom.view().format()));
    CHECK(context.scratch_bytes() == 0);
    reader->read_rows(bottom.view(), context);
    CHECK(context.scratch_bytes() == 4 * 9 * 3 * 2);
    Bytes pixels = packed(top.view());
    const Bytes rest = packed(bottom.view());
    pixels.insert(pixels.end(), rest.begin(), rest.end());
    CHECK(pixels == png.pixels);

    Context writing;
    Bytes again;
    const auto sink = Sink::memory(again);
    const auto writer = make_writer("PNG", *sink, {});
    writer->start(png.info, writing);
    CHECK(writer->encodes_in_place(top.view().layout(), top.view().format()));
    writer->write_rows(top.view(), writing);
    CHECK_FALSE(writer->encodes_in_place(bottom.view().layout(), bottom.view().format()));
    CHECK(writing.scratch_bytes() == 0);
    writer->write_rows(bottom.view(), writing);
    CHECK(writing.scratch_bytes() == 4 * 9 * 3 * 2);
    writer->finish(writing);
    CHECK(again == png.file);
  }
}

TEST_CASE("png: progress reaches the number of rows") {
  for (const bool interlaced : {false, true}) {
    const PngKind kind{ColorModel::gray, false, 8, false, interlaced};
    const RandomPng png = random_png(kind, 200, 4, 5);
    const GuardedImage image(Kind::rows, 200, 4, 1, ElementType::u8);
    ListeningContext reading;
    const auto reader = open_bytes(png.file);
    (void)reader->start({});
    reader->read_rows(image.view(), reading.context);
    CHECK(reading.rows_total == 200);
    CHECK(reading.rows_done.back() == 200);
    CHECK(reading.rows_done.size() == (interlaced ? 7 : 4));
    CHECK(std::is_sorted(reading.rows_done.begin(), reading.rows_done.end()));
    ListeningContext writing;
    (void)encode_png(png.info, image.view(), writing.context, {.interlaced = interlaced});
    CHECK(writing.rows_done == reading.rows_done);
  }
}

}  // namespace imgbuf::test::png
