#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>

#include "imgbuf/error.hpp"
#include "unit/codecs/png_metadata_testing.hpp"

namespace imgbuf::test::png {

namespace {

using namespace std::string_literals;

constexpr std::ptrdiff_t size = 40;

/// A picture whose pixels stand in many chunks.
Bytes picture() {
  const Bytes file = random_png({.color = ColorModel::rgb}, size, size, 1).file;
  std::vector<PngChunk> chunks;
  for (const PngChunk& chunk : png_chunks(file)) {
    if (chunk.type != "IDAT") {
      chunks.push_back(chunk);
      continue;
    }
    for (std::size_t i = 0; i < chunk.data.size(); i += 300) {
      const auto begin = chunk.data.begin() + static_cast<std::ptrdiff_t>(i);
      chunks.push_back({"IDAT", Bytes(begin, begin + std::min<std::ptrdiff_t>(300, chunk.data.end() - begin))});
    }
  }
  return png_from_chunks(chunks);
}

/// The same with text, EXIF, a chunk that is not carried and a misplaced one behind the pixels.
Bytes with_late_metadata() {
  Bytes file = picture();
  for (const PngChunk& chunk : {PngChunk{"tEXt", to_bytes("Comment\0late"s)}, PngChunk{"eXIf", to_bytes("II*\0late"s)},
                                PngChunk{"tIME", Bytes(7)}, PngChunk{"gAMA", Bytes(4, std::byte{1})}}) {
    file = with_chunk(file, chunk, "IEND");
  }
  return file;
}

std::unique_ptr<Source> piped(const Bytes& bytes) {
  return Source::callbacks([&bytes, at = std::size_t{0}](std::span<std::byte> out) mutable {
    const std::size_t count = std::min(out.size(), bytes.size() - at);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
    at += count;
    return count;
  });
}

struct Read {
  Metadata ahead;  ///< known before the first row
  Metadata metadata;
  Bytes pixels;
  std::vector<std::string> warnings;
};

Read read(std::unique_ptr<Source> source, int scans, const DecodeOptions& options = {}) {
  Read result;
  ListeningContext listening;
  const auto reader = open_reader(std::move(source), options.limits);
  for (int i = 0; i < scans; ++i) reader->scan_metadata();
  result.ahead = reader->info().metadata;
  const Image image = Image::allocate(reader->start(options));
  reader->read_rows(image.view(), listening.context);
  reader->finish(listening.context);
  result.metadata = reader->info().metadata;
  result.pixels = packed(image.const_view());
  result.warnings = listening.warnings;
  for (std::string& line : result.warnings) line = line.substr(line.find(": ") + 2);
  return result;
}

}  // namespace

TEST_CASE("png: a scan finds ahead what else comes after the last row") {
  const Bytes file = with_late_metadata();
  const Read late = read(Source::memory(file), 0);
  CHECK(late.ahead == Metadata{});
  REQUIRE(late.metadata.text.size() == 1);
  CHECK(late.metadata.exif == to_bytes("II*\0late"s));
  CHECK(late.metadata.not_carried == std::vector<std::string>{"chunk tIME", "chunk gAMA (misplaced)"});
  for (const int scans : {1, 2}) {
    const Read ahead = read(Source::memory(file), scans);
    CHECK(ahead.ahead == late.metadata);
    CHECK(ahead.metadata == late.metadata);
    CHECK(ahead.pixels == late.pixels);
    CHECK(ahead.warnings == late.warnings);
  }
}

TEST_CASE("png: a scan of a source that cannot be sought in reads nothing") {
  const Bytes file = with_late_metadata();
  const Read late = read(piped(file), 1);
  CHECK(late.ahead == Metadata{});
  CHECK(late.metadata == read(Source::memory(file), 0).metadata);
}

TEST_CASE("png: a region that ends early still finds metadata behind the pixels") {
  const Bytes file = with_late_metadata();
  const Metadata expected = read(Source::memory(file), 0).metadata;
  for (const std::ptrdiff_t rows : {std::ptrdiff_t{1}, size / 2, size - 1, size}) {
    CAPTURE(rows);
    const DecodeOptions top{.region = Region{3, 0, 20, rows}};
    CHECK(read(Source::memory(file), 0, top).metadata == expected);
    CHECK(read(Source::memory(file), 1, top).metadata == expected);
    CHECK(read(piped(file), 0, top).metadata == expected);
  }
}

TEST_CASE("png: of a file that ends or breaks behind the pixels a scan takes nothing") {
  const Bytes file = with_late_metadata();
  const std::size_t pixels_end = chunk_offset(file, "tEXt");
  for (std::size_t length = chunk_offset(file, "IDAT") + 8; length < file.size() - 8; ++length) {
    CAPTURE(length);
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(length));
    const auto reader = open_reader(Source::memory(cut));
    reader->scan_metadata();
    CHECK(reader->info().metadata == Metadata{});
    if (length % 50 == 0 || length >= pixels_end) {
      const DecodeOptions top{.region = Region{0, 0, size, 1}};
      if (length >= pixels_end) CHECK(read(piped(cut), 0, top).metadata == Metadata{});
      CHECK_THROWS_AS(read(Source::memory(cut), 1), Error);
    }
  }
  Bytes broken = with_chunk(file, {"ABCD", Bytes(5)}, "IEND");
  const auto reader = open_reader(Source::memory(broken));
  reader->scan_metadata();
  CHECK(reader->info().metadata == Metadata{});
}

TEST_CASE("png: a chunk behind the pixels whose CRC is wrong is left out once") {
  Bytes file = with_late_metadata();
  file[chunk_offset(file, "tEXt") + 8] ^= std::byte{1};
  const Read late = read(Source::memory(file), 0);
  const Read ahead = read(Source::memory(file), 1);
  CHECK(late.metadata.text.empty());
  CHECK(late.metadata.not_carried ==
        std::vector<std::string>{"chunk tEXt (corrupt)", "chunk tIME", "chunk gAMA (misplaced)"});
  CHECK(ahead.metadata == late.metadata);
  CHECK(ahead.ahead == late.metadata);
}

TEST_CASE("png: metadata behind the pixels counts against the limit") {
  const Bytes file = with_chunk(picture(), {"tEXt", Bytes(5000, std::byte{'x'})}, "IEND");
  const auto reader = open_reader(Source::memory(file), {.max_metadata_bytes = 4000});
  reader->scan_metadata();
  CHECK(reader->info().metadata == Metadata{});
  try {
    read(Source::memory(file), 1, {.limits = {.max_metadata_bytes = 4000}});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::limit_exceeded);
  }
}

}  // namespace imgbuf::test::png
