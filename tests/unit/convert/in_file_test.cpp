#include <catch2/catch.hpp>
#include <filesystem>
#include <string>
#include <utility>

#include "imgbuf/convert.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/mapped_guard.hpp"
#include "support/require_error.hpp"
#include "support/temporary_directory.hpp"
#include "unit/codecs/tiff_testing.hpp"
#include "unit/convert/convert_testing.hpp"

namespace imgbuf::test {
namespace {

struct FromFile {
  Bytes bytes;
  ConvertPlan plan;
  std::vector<std::string> warnings;
};

FromFile convert_file(const std::string& path, const ConvertOptions& options, bool may_map) {
  FromFile result;
  Context context;
  context.on_warning = [&](std::string_view line) { result.warnings.emplace_back(line); };
  std::unique_ptr<Source> source = Source::file(path);
  if (may_map) source->allow_map();
  Conversion conversion(std::move(source), options);
  RecordingSink sink;
  const ConvertReport report = conversion.run(sink, context);
  CHECK(sink.is_committed);
  // Rows that are gathered and packed are copied twice, those of interlaced pictures several times.
  if (!options.encode.interlaced && options.format != "BMP")
    CHECK(report.scratch_bytes <= conversion.plan().scratch_bytes());
  result.bytes = sink.bytes;
  result.plan = conversion.plan();
  return result;
}

/// A TIFF of RGB strips of some rows in shuffled order.
Bytes tiff_in_strips(ByteOrder order, std::uint64_t bits, std::uint64_t width, std::uint64_t height) {
  TiffFile file(order);
  std::vector<Bytes> strips;
  unsigned state = 1;
  constexpr std::uint64_t rows_per_strip = 7;
  for (std::uint64_t y = 0; y < height; y += rows_per_strip) {
    Bytes strip(std::min(rows_per_strip, height - y) * width * 3 * bits / 8);
    for (std::byte& byte : strip) byte = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24);
    strips.push_back(strip);
  }
  file.picture(width, height, bits, 2, 3, {}).set(278, 4, {rows_per_strip}).cells(strips);
  return file.bytes();
}

TEST_CASE("conversion in the file: the same bytes as from rows that are read, whatever the geometry") {
  const TemporaryDirectory folder;
  const std::string path = folder / "picture";
  const Image rgb = random_image(83, 45, PixelFormat::of(ElementType::u8, ColorModel::rgb, false));
  const Image wide = random_image(700, 21, PixelFormat::of(ElementType::u16, ColorModel::rgb, false));
  const Image gray = random_image(31, 47, PixelFormat::of(ElementType::u8, ColorModel::gray, false));
  const std::pair<const char*, Bytes> files[] = {
      {"ppm", encoded(rgb, "PPM")},    {"bmp", encoded(rgb, "BMP")},
      {"npy", encoded(rgb, "NPY")},    {"ppm of 16 bits, wide", encoded(wide, "PPM")},
      {"pgm", encoded(gray, "PGM")},   {"big-endian strips", tiff_in_strips(ByteOrder::big, 16, 33, 40)},
      {"tiff", encoded(wide, "TIFF")}, {"strips", tiff_in_strips(ByteOrder::little, 8, 50, 40)}};
  const std::vector<GeometryStep> geometries[] = {
      {},
      {Crop{{3, 5, 20, 11}}},
      {Flip{Flip::Direction::horizontal}},
      {Flip{Flip::Direction::vertical}},
      {Rotate{90}},
      {Rotate{180}},
      {Rotate{270}},
      {Transpose{}},
      {Crop{{3, 5, 20, 11}}, Rotate{90}, Crop{{1, 2, 9, 12}}, Flip{Flip::Direction::vertical}},
      {SelectChannels{{"0"}}, Rotate{270}}};
  for (const auto& [name, file] : files) {
    write_file(path, file);
    for (std::size_t g = 0; g < std::size(geometries); ++g) {
      for (const char* const format : {"PPM", "PNG", "TIFF", "BMP"}) {
        ConvertOptions options{.format = format, .geometry = geometries[g]};
        if (g == 9 && std::string_view(format) == "PPM") options.format = "PGM";
        options.encode.interlaced = g % 2 == 1;
        CAPTURE(name, g, format);
        const FromFile mapped = convert_file(path, options, true);
        const FromFile read = convert_file(path, options, false);
        CHECK(mapped.plan.in_file);
        CHECK_FALSE(read.plan.in_file);
        CHECK(mapped.bytes == read.bytes);
        CHECK(mapped.warnings == read.warnings);
        CHECK(mapped.plan.buffer_bytes <= read.plan.buffer_bytes);
      }
    }
  }
}

TEST_CASE("conversion in the file: nothing of the input is held, and the plan says so") {
  const TemporaryDirectory folder;
  const std::string path = folder / "picture";
  write_file(path, encoded(random_image(300, 200, PixelFormat::of(ElementType::u8, ColorModel::rgb, false)), "PPM"));
  const FromFile straight = convert_file(path, {.format = "TIFF"}, true);
  CHECK(straight.plan.streaming);
  CHECK(straight.plan.buffer_bytes == 0);
  CHECK(straight.plan.scratch_bytes() == 0);
  CHECK(straight.plan.to_text().find(
            "decode          PPM, 300x200, rgb u8; seen where it lies, nothing is decoded\n") != std::string::npos);
  CHECK(straight.plan.to_text().find("streaming       yes, 16 rows at a time out of the input, 1 thread\n") !=
        std::string::npos);
  const FromFile turned = convert_file(path, {.format = "TIFF", .geometry = {Rotate{90}}}, true);
  CHECK(turned.plan.streaming);
  REQUIRE(turned.plan.buffers.size() == 1);
  CHECK(turned.plan.buffers[0].what == "256 turned rows, a band of the output");
  const FromFile arranged = convert_file(path, {.format = "TIFF", .arrangement = Arrangement::planes()}, true);
  CHECK_FALSE(arranged.plan.in_file);
}

TEST_CASE("conversion in the file: what must be decoded is, and what follows the picture is said") {
  const TemporaryDirectory folder;
  const std::string path = folder / "picture";
  const Image rgb = random_image(9, 7, PixelFormat::of(ElementType::u8, ColorModel::rgb, false));
  write_file(path, encoded(rgb, "PNG"));
  CHECK_FALSE(convert_file(path, {.format = "PPM"}, true).plan.in_file);
  Bytes two = encoded(rgb, "PPM");
  two.push_back(std::byte{'P'});
  write_file(path, two);
  const FromFile followed = convert_file(path, {.format = "TIFF"}, true);
  CHECK(followed.plan.in_file);
  CHECK(followed.warnings == std::vector<std::string>{path + ": more follows the picture; only the first is read"});
  // Rows before the damage can still be read, in the decoder's way.
  Bytes cut = encoded(rgb, "PPM");
  cut.resize(cut.size() - 1);
  write_file(path, cut);
  CHECK_FALSE(convert_file(path, {.format = "TIFF", .geometry = {Crop{{0, 0, 9, 6}}}}, true).plan.in_file);
  require_error(ErrorCode::truncated_data, path + ": rows 0 to 6: the file ends too early: no 189 bytes at offset 11",
                [&] { (void)convert_file(path, {.format = "TIFF", .arrangement = Arrangement::contiguous()}, true); });
}

TEST_CASE("conversion in the file: a file that shrinks meanwhile is an error, and the output is not committed") {
  const TemporaryDirectory folder;
  const std::string path = folder / "picture";
  const Image image = random_image(400, 500, PixelFormat::of(ElementType::u8, ColorModel::rgb, false));
  const Bytes file = encoded(image, "PPM");
  const MappedGuard guard;
  for (const char* const format : {"TIFF", "PNG"}) {
    for (const std::size_t left : {std::size_t{0}, std::size_t{100}, file.size() / 2, file.size() - 1}) {
      for (const bool is_turned : {false, true}) {
        CAPTURE(format, left, is_turned);
        write_file(path, file);
        std::unique_ptr<Source> source = Source::file(path);
        source->allow_map();
        ConvertOptions options{.format = format};
        if (is_turned) options.geometry = {Rotate{90}};
        Conversion conversion(std::move(source), options);
        REQUIRE(conversion.plan().in_file);
        RecordingSink sink;
        Context context;
        context.on_progress = [&](std::int64_t, std::int64_t) { std::filesystem::resize_file(path, left); };
        require_error(ErrorCode::truncated_data, path + ": the file became shorter while it was read",
                      [&] { (void)conversion.run(sink, context); });
        CHECK_FALSE(sink.is_committed);
      }
    }
  }
}

TEST_CASE("reader: views of its rows come in any part and order") {
  const Image image = random_image(20, 10, PixelFormat::of(ElementType::u8, ColorModel::rgb, false));
  const Bytes file = encoded(image, "BMP");
  const auto reader = open_reader(Source::memory(file));
  CHECK_FALSE(reader->has_view());
  const ImageInfo rows = reader->start({.region = Region{2, 3, 15, 6}});
  REQUIRE(reader->has_view());
  const AnyConstView view = reader->view({4, 1, 5, 2});
  REQUIRE(view.layout().rank() == 3);
  for (std::ptrdiff_t y = 0; y < 2; ++y)
    for (std::ptrdiff_t x = 0; x < 5; ++x)
      for (std::ptrdiff_t c = 0; c < 3; ++c)
        CHECK(*view.address({y, x, c}) == *image.const_view().address({y + 4, x + 6, c}));
  require_error(ErrorCode::invalid_argument, "memory: the region 15 x 6 at 0,1 is not inside the picture of 15 x 6",
                [&] {
                  (void)reader->view({0, 1, 15, 6});
                });
  Context context;
  CHECK_NOTHROW(reader->finish(context));

  const auto packed = open_reader(Source::memory(encoded(image, "PNG")));
  (void)packed->start({});
  CHECK_FALSE(packed->has_view());
  require_error(ErrorCode::invalid_argument, "memory: these rows cannot be seen where they lie", [&] {
    (void)packed->view({0, 0, 1, 1});
  });
}

}  // namespace
}  // namespace imgbuf::test
