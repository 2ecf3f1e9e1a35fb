#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <stdexcept>

#include "imgbuf/error.hpp"
#include "unit/codecs/png_testing.hpp"

namespace imgbuf::test::png {

namespace {

constexpr std::ptrdiff_t height = 20;
constexpr std::ptrdiff_t width = 9;

RandomPng sample(bool interlaced, ColorModel color = ColorModel::rgb) {
  return random_png({color, false, 8, false, interlaced}, height, width, 77);
}

/// Opens, decodes and finishes; the error, if there is one.
std::optional<Error> error_of(std::unique_ptr<Source> source, Context& context) {
  try {
    const auto reader = open_reader(std::move(source));
    const ImageInfo info = reader->start({});
    const GuardedImage image(Kind::rows, info.height, info.width, info.channels(), info.pixel.format);
    reader->read_rows(image.view(), context);
    CHECK(image.guards_intact());
    reader->finish(context);
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

std::optional<Error> error_of(std::span<const std::byte> file) {
  Context context;
  return error_of(Source::memory(file, "x.png"), context);
}

/// The file with its compressed pixels replaced.
Bytes with_pixels(std::span<const std::byte> file, const Bytes& stream) {
  auto chunks = png_chunks(file);
  for (auto& chunk : chunks)
    if (chunk.type == "IDAT") chunk.data = stream;
  return png_from_chunks(chunks);
}

Bytes pixel_stream(std::span<const std::byte> file) {
  for (const auto& chunk : png_chunks(file))
    if (chunk.type == "IDAT") return chunk.data;
  return {};
}

}  // namespace

TEST_CASE("png: a file that is cut anywhere is an error") {
  for (const bool interlaced : {false, true}) {
    Bytes file = sample(interlaced).file;
    file = with_chunk(file, {"tEXt", to_bytes("Key")}, "IDAT");
    file = with_chunk(file, {"tEXt", to_bytes("Key")}, "IEND");
    REQUIRE_FALSE(error_of(file));
    for (std::size_t size = 0; size < file.size(); ++size) {
      INFO(size << " of " << file.size());
      const auto error = error_of(std::span(file).first(size));
      REQUIRE(error);
      REQUIRE(error->place().starts_with("x.png"));
      // The first bytes do not tell that it is a PNG.
      if (size >= 8) REQUIRE(error->code() == ErrorCode::truncated_data);
    }
  }
}

TEST_CASE("png: no changed byte crashes, and none in the pixels goes unnoticed") {
  for (const bool interlaced : {false, true}) {
    const Bytes file = sample(interlaced).file;
    const std::size_t pixels_begin = chunk_offset(file, "IDAT");
    const std::size_t pixels_end = chunk_offset(file, "IEND");
    for (std::size_t at = 0; at < file.size(); ++at) {
      for (const auto flip : {std::byte{1}, std::byte{0x20}, std::byte{0x80}, std::byte{0xff}}) {
        INFO("byte " << at);
        Bytes changed = file;
        changed[at] ^= flip;
        const auto error = error_of(changed);
        if (at < pixels_end) REQUIRE(error);
        if (at >= pixels_begin + 8 && at < pixels_end) REQUIRE(error->code() == ErrorCode::corrupt_data);
      }
    }
  }
}

TEST_CASE("png: pixels that are missing are an error, never filled in") {
  for (const bool interlaced : {false, true}) {
    const RandomPng png = sample(interlaced);
    const Bytes stream = pixel_stream(png.file);
    for (std::size_t size = 0; size + 8 < stream.size(); ++size) {
      INFO(size << " of " << stream.size());
      const auto error =
          error_of(with_pixels(png.file, Bytes(stream.begin(), stream.begin() + static_cast<long>(size))));
      REQUIRE(error);
      REQUIRE(error->code() == ErrorCode::corrupt_data);
    }
    // The whole stream of a picture with fewer rows.
    const RandomPng half = random_png({ColorModel::rgb, false, 8, false, interlaced}, height / 2, width, 78);
    const auto error = error_of(with_pixels(png.file, pixel_stream(half.file)));
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::corrupt_data);
    if (!interlaced) CHECK(error->place() == "x.png: row 10");
  }
}

TEST_CASE("png: more pixels than there is room for are a warning") {
  const RandomPng png = sample(false);
  const RandomPng longer = random_png({ColorModel::rgb, false, 8}, height + 5, width, 79);
  const Bytes file = with_pixels(png.file, pixel_stream(longer.file));
  CHECK_FALSE(error_of(file));
  ListeningContext listening;
  const auto reader = open_reader(Source::memory(file, "x.png"));
  (void)reader->start({});
  const GuardedImage image(Kind::rows, height, width, 3, ElementType::u8);
  reader->read_rows(image.view(), listening.context);
  REQUIRE(listening.warnings.size() == 1);
  CHECK(listening.warnings[0].starts_with("x.png: "));
}

TEST_CASE("png: headers without sense are errors that say why") {
  const Bytes file = sample(false).file;
  const auto with_header_byte = [&](std::size_t at, int value) {
    auto chunks = png_chunks(file);
    chunks[0].data[at] = static_cast<std::byte>(value);
    return error_of(png_from_chunks(chunks));
  };
  for (const auto& [at, value] : {std::pair{3, 0}, {7, 0}, {8, 3}, {9, 1}, {10, 1}, {11, 1}, {12, 2}, {0, 0x80}}) {
    INFO("byte " << at);
    const auto error = with_header_byte(static_cast<std::size_t>(at), value);
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::corrupt_data);
    CHECK(error->place() == "x.png");
  }
  CHECK(with_header_byte(3, 0)->reason().find("width is zero") != std::string::npos);

  auto chunks = png_chunks(sample(false, ColorModel::palette).file);
  chunks.erase(chunks.begin() + 1);
  CHECK(error_of(png_from_chunks(chunks))->code() == ErrorCode::corrupt_data);
  CHECK(error_of(with_chunk(file, {"CgBI", Bytes(4)}, "IDAT"))->code() == ErrorCode::corrupt_data);
}

TEST_CASE("png: palette indices without an entry are a warning, and expand to opaque black") {
  const RandomPng png = random_png({ColorModel::palette, false, 2, true}, 8, 8, 80);
  auto chunks = png_chunks(png.file);
  for (auto& chunk : chunks)
    if (chunk.type == "PLTE") chunk.data.resize(6);
  chunks.erase(std::find_if(chunks.begin(), chunks.end(), [](const auto& c) { return c.type == "tRNS"; }));
  const Bytes file = png_from_chunks(chunks);
  ListeningContext listening;
  CHECK_FALSE(error_of(Source::memory(file, "x.png"), listening.context));
  CHECK(listening.warnings.size() == 1);
  CHECK(decode_png(file) == png.pixels);
  const Bytes colors = decode_png(file, {.expand = true});
  for (std::size_t p = 0; p < png.pixels.size(); ++p)
    if (std::to_integer<int>(png.pixels[p]) >= 2)
      CHECK(std::all_of(&colors[3 * p], &colors[3 * p] + 3, [](std::byte b) { return b == std::byte{0}; }));

  ImageInfo info = png.info;
  info.palette.resize(2);
  const GuardedImage image(Kind::contiguous, 8, 8, 1, ElementType::u8);
  fill_from_packed(image.view(), png.pixels);
  ListeningContext writing;
  CHECK(decode_png(encode_png(info, image.view(), writing.context)) == png.pixels);
  CHECK(writing.warnings.size() == 1);
}

TEST_CASE("png: what a source throws passes through unchanged, wherever it is thrown") {
  struct Stop : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  for (const bool interlaced : {false, true}) {
    const Bytes file = with_chunk(sample(interlaced).file, {"tEXt", to_bytes("Key")}, "IEND");
    for (std::size_t limit = 8; limit < file.size(); ++limit) {
      std::size_t given = 0;
      auto source = Source::callbacks([&](std::span<std::byte> out) -> std::size_t {
        if (given == limit) throw Stop("stop");
        const std::size_t count = std::min({out.size(), std::size_t{3}, limit - given});
        std::copy_n(file.begin() + static_cast<long>(given), count, out.begin());
        given += count;
        return count;
      });
      Context context;
      INFO(limit);
      REQUIRE_THROWS_AS(error_of(std::move(source), context), Stop);
    }
  }
}

TEST_CASE("png: what a sink throws passes through unchanged, wherever it is thrown") {
  struct Stop : std::runtime_error {
    using std::runtime_error::runtime_error;
  };
  for (const bool interlaced : {false, true}) {
    const RandomPng png = sample(interlaced);
    const GuardedImage image(Kind::rows, height, width, 3, ElementType::u8);
    fill_from_packed(image.view(), png.pixels);
    for (std::size_t limit = 0; limit < png.file.size(); limit += 3) {
      std::size_t taken = 0;
      const auto sink = Sink::callbacks([&](std::span<const std::byte> bytes) {
        taken += bytes.size();
        if (taken > limit) throw Stop("stop");
      });
      Context context;
      INFO(limit);
      const auto write = [&] {
        const auto writer = make_writer("PNG", *sink, {.interlaced = interlaced});
        writer->start(png.info, context);
        writer->write_rows(image.view(), context);
        writer->finish(context);
      };
      REQUIRE_THROWS_AS(write(), Stop);
    }
  }
}

TEST_CASE("png: cancelling and a throwing callback stop reading and writing") {
  for (const bool interlaced : {false, true}) {
    const RandomPng png = random_png({ColorModel::gray, false, 8, false, interlaced}, 300, 4, 81);
    const GuardedImage image(Kind::rows, 300, 4, 1, ElementType::u8);
    const auto read = [&](Context& context) {
      const auto reader = open_bytes(png.file);
      (void)reader->start({});
      reader->read_rows(image.view(), context);
    };
    const auto write = [&](Context& context) {
      (void)encode_png(png.info, image.view(), context, {.interlaced = interlaced});
    };
    const auto check_stops = [](const auto& action) {
      ListeningContext listening;
      listening.context.on_progress = [&](std::int64_t done, std::int64_t) {
        listening.rows_done.push_back(done);
        listening.context.cancel();
      };
      try {
        action(listening.context);
        FAIL("not cancelled");
      } catch (const Error& error) {
        CHECK(error.code() == ErrorCode::cancelled);
      }
      CHECK(listening.rows_done.size() == 1);
      Context throwing;
      throwing.on_progress = [](std::int64_t, std::int64_t) { throw std::logic_error("no"); };
      CHECK_THROWS_AS(action(throwing), std::logic_error);
    };
    check_stops(read);
    check_stops(write);
  }
}

TEST_CASE("png: finish wants all rows") {
  const RandomPng png = sample(false);
  Context context;
  const auto reader = open_bytes(png.file);
  CHECK_THROWS_AS(reader->finish(context), Error);
  (void)reader->start({});
  const GuardedImage image(Kind::rows, height - 1, width, 3, ElementType::u8);
  reader->read_rows(image.view(), context);
  CHECK_THROWS_AS(reader->finish(context), Error);
}

TEST_CASE("png: what lies behind a region is not read") {
  Bytes file = sample(false).file;
  file.resize(file.size() - 12);
  CHECK_NOTHROW(decode_png(file, {.region = Region{2, 3, 4, 5}}));
  CHECK_THROWS_AS(decode_png(file, {.region = Region{2, 3, 4, height - 3}}), Error);
}

}  // namespace imgbuf::test::png
