#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <random>

#include "codecs/codec.hpp"
#include "imgbuf/error.hpp"
#include "unit/codecs/jpeg_testing.hpp"

using namespace imgbuf;
using namespace imgbuf::test;
using namespace imgbuf::test::jpeg;

namespace {

const PlainSettings all_settings[] = {{.luma_horizontal = 2, .luma_vertical = 2},
                                      {.luma_horizontal = 2, .progressive = true},
                                      {.arithmetic = true},
                                      {.separate_scans = true},
                                      {.luma_horizontal = 2, .luma_vertical = 2, .restart_interval = 2}};

/// The code of the error that decoding ends with, or nothing.
std::optional<ErrorCode> failure(const Bytes& file, const DecodeOptions& options = {}) {
  try {
    (void)decode_plainly(file, options);
  } catch (const Error& error) {
    return error.code();
  }
  return std::nullopt;
}

Error error_of(const Bytes& file, const DecodeOptions& options = {}) {
  try {
    (void)decode_plainly(file, options);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorCode::invalid_argument, "");
}

/// Where the first marker with a code stands.
std::size_t marker_offset(const Bytes& file, int code) {
  for (std::size_t i = 2; i + 1 < file.size(); ++i)
    if (file[i] == std::byte{0xFF} && file[i + 1] == static_cast<std::byte>(code)) return i;
  FAIL("no such marker");
  return 0;
}

struct Stop {};

}  // namespace

TEST_CASE("jpeg cut at any byte before its end is an error, never gray", "[jpeg][error]") {
  for (const PlainSettings& settings : all_settings) {
    const Bytes file = plain_encode(test_picture(19, 21, 3), settings);
    for (std::size_t size = 0; size < file.size(); ++size) {
      const Bytes part(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
      const auto code = failure(part);
      if (code != ErrorCode::truncated_data) FAIL("cut at " << size << " of " << file.size());
    }
    Bytes longer = file;
    longer.resize(file.size() + 100);
    CHECK(decode_plainly(longer) == plain_decode(file));
  }
}

TEST_CASE("jpeg without a scan of every component is an error", "[jpeg][error]") {
  Bytes file = plain_encode(test_picture(24, 24, 3), {.separate_scans = true});
  const std::byte scan_of_third[] = {std::byte{0xFF}, std::byte{0xDA}, std::byte{0},
                                     std::byte{8},    std::byte{1},    std::byte{3}};
  const auto third = std::search(file.begin(), file.end(), std::begin(scan_of_third), std::end(scan_of_third));
  REQUIRE(third != file.end());
  file.erase(third, file.end() - 2);
  CHECK(error_of(file).code() == ErrorCode::corrupt_data);
  CHECK(error_of(file).reason() == "no scan holds component 3");
}

TEST_CASE("jpeg finish looks for the end of the file", "[jpeg][error]") {
  Bytes file = plain_encode(test_picture(24, 24, 3), {});
  const Picture expected = plain_decode(file);
  file.insert(file.end() - 2, 100, std::byte{0});
  CHECK(decode_plainly(file) == expected);
  file.resize(file.size() - 2);
  CHECK(failure(file) == ErrorCode::truncated_data);
  CHECK(failure(file, {.region = Region{0, 0, 24, 8}}) == std::nullopt);
}

TEST_CASE("jpeg with its end too early is an error", "[jpeg][error]") {
  const Bytes file = plain_encode(test_picture(64, 64, 3), {});
  Bytes broken(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(file.size() - 200));
  broken.insert(broken.end(), {std::byte{0xFF}, std::byte{0xD9}});
  const Error error = error_of(broken);
  CHECK(error.code() == ErrorCode::corrupt_data);
  CHECK(error.place().starts_with("memory: row "));
  CHECK(error.reason() == "Corrupt JPEG data: premature end of data segment");
}

TEST_CASE("jpeg of random damage never crashes", "[jpeg][error]") {
  std::minstd_rand random(5);
  const Limits limits{.max_pixels = 1 << 20, .max_image_bytes = 1 << 24, .max_scans = 50};
  for (const PlainSettings& settings : all_settings) {
    const Bytes file = plain_encode(test_picture(40, 33, 3), settings);
    for (int i = 0; i < 300; ++i) {
      Bytes broken = file;
      for (unsigned n = 1 + random() % 4; n > 0; --n)
        broken[2 + random() % (file.size() - 2)] = static_cast<std::byte>(random());
      (void)failure(broken, {.limits = limits});
      (void)failure(broken, {.region = Region{3, 20, 5, 4}, .scale = 1 << (i % 2), .limits = limits});
    }
  }
  SUCCEED();
}

TEST_CASE("jpeg says what it does not support", "[jpeg][error]") {
  const Bytes file = plain_encode(test_picture(16, 16, 3), {});
  const std::size_t frame = marker_offset(file, 0xC0);
  Bytes deep = file;
  deep[frame + 4] = std::byte{12};
  CHECK(error_of(deep).code() == ErrorCode::unsupported);
  CHECK(error_of(deep).reason() == "JPEG of 12 bits a sample is not supported, only 8");
  Bytes lossless = file;
  lossless[frame + 1] = std::byte{0xC3};
  CHECK(error_of(lossless).code() == ErrorCode::unsupported);
  CHECK(error_of(lossless).reason() == "lossless JPEG is not supported");
  const Bytes two = plain_encode(test_picture(16, 16, 2), {.in = JCS_UNKNOWN, .stored = JCS_UNKNOWN});
  CHECK(error_of(two).code() == ErrorCode::unsupported);
  CHECK(error_of(two).reason() == "JPEG of 2 components is not supported");
}

TEST_CASE("jpeg passes on harmless warnings, each kind once", "[jpeg][error]") {
  Bytes file = plain_encode(test_picture(16, 16, 3), {});
  const Picture expected = plain_decode(file);
  const std::size_t frame = marker_offset(file, 0xC0);
  const std::size_t tables = marker_offset(file, 0xC4);
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(tables), 5, std::byte{1});
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(frame), 3, std::byte{1});
  Context context;
  const Warnings warnings(context);
  CHECK(decode_into(Kind::rows, file, {}, context, 1) == expected);
  const std::vector<std::string> expected_lines{"memory: Corrupt JPEG data: 3 extraneous bytes before marker 0xc0"};
  CHECK(warnings.lines == expected_lines);
  // Of a region that ends early nothing is left to say at the end.
  Context second;
  const Warnings early(second);
  (void)decode_into(Kind::rows, file, {.region = Region{0, 0, 16, 4}}, second);
  CHECK(early.lines == expected_lines);
}

TEST_CASE("jpeg obeys its limits", "[jpeg][error]") {
  const Bytes file = plain_encode(test_picture(40, 30, 3), {.progressive = true});
  const auto code = [&](const Limits& limits) { return failure(file, {.limits = limits}); };
  CHECK(code({.max_width = 39}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_height = 29}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_pixels = 1199}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_image_bytes = 5 * 4 * 3 * 128 - 1}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_scans = 9}) == ErrorCode::limit_exceeded);
  CHECK(code({.max_width = 40,
              .max_height = 30,
              .max_pixels = 1200,
              .max_image_bytes = 5 * 4 * 3 * 128,
              .max_scans = 10}) == std::nullopt);
  CHECK(error_of(file, {.limits = {.max_scans = 9}}).reason() == "more than 9 scans (max_scans)");
}

TEST_CASE("jpeg reads from sources that give a byte at a time", "[jpeg][error]") {
  for (const PlainSettings& settings : all_settings) {
    const Bytes file = plain_encode(test_picture(40, 33, 3), settings);
    std::size_t at = 0;
    const auto read = [&](std::span<std::byte> out) -> std::size_t {
      if (at == file.size() || out.empty()) return 0;
      out[0] = file[at++];
      return 1;
    };
    const auto reader = codecs::jpeg_codec().open(Source::callbacks(read), {});
    const ImageInfo info = reader->start({});
    const GuardedImage image(Kind::rows, info.height, info.width, 3, ElementType::u8);
    Context context;
    reader->read_rows(image.view(), context);
    reader->finish(context);
    CHECK(packed(image.view()) == plain_decode(file).pixels);
  }
}

TEST_CASE("jpeg lets a source's exception through unchanged", "[jpeg][error]") {
  const Bytes file = plain_encode(test_picture(200, 200, 3), {});
  for (const std::size_t good :
       {std::size_t{0}, std::size_t{100}, std::size_t{700}, file.size() / 2, file.size() - 1}) {
    std::size_t at = 0;
    const auto read = [&](std::span<std::byte> out) {
      if (at == good) throw Stop{};
      const std::size_t count = std::min({out.size(), good - at, std::size_t{97}});
      std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
      at += count;
      return count;
    };
    const auto decode_all = [&] {
      const auto reader = codecs::jpeg_codec().open(Source::callbacks(read), {});
      const Image image = Image::allocate(reader->start({}));
      Context context;
      reader->read_rows(image.view(), context);
      reader->finish(context);
    };
    CHECK_THROWS_AS(decode_all(), Stop);
  }
}

TEST_CASE("jpeg lets a sink's exception through unchanged", "[jpeg][error]") {
  const Picture picture = test_picture(400, 400, 3);
  const Image image = Image::allocate(info_of(picture));
  fill_from_packed(image.view(), picture.pixels);
  for (const bool progressive : {false, true})
    for (const int good_calls : {0, 1, 2}) {
      int calls = 0;
      const auto write = [&](std::span<const std::byte>) {
        if (calls++ == good_calls) throw Stop{};
      };
      const auto sink = Sink::callbacks(write);
      const auto encode_all = [&] {
        const auto writer = codecs::jpeg_codec().make_writer(*sink, {.quality = 100, .progressive = progressive});
        Context context;
        writer->start(image.info(), context);
        writer->write_rows(image.const_view(), context);
        writer->finish(context);
      };
      CHECK_THROWS_AS(encode_all(), Stop);
    }
}

TEST_CASE("jpeg stops when cancelled, between rows and within the scans", "[jpeg][error]") {
  const Picture picture = test_picture(300, 300, 3);
  for (const bool progressive : {false, true}) {
    const Bytes file = plain_encode(picture, {.progressive = progressive});
    Context context;
    // The source cancels when half of the file is read: of a progressive file that is before the first row.
    std::size_t at = 0;
    const auto read = [&](std::span<std::byte> out) {
      if (at > file.size() / 2) context.cancel();
      const std::size_t count = std::min({out.size(), file.size() - at, std::size_t{256}});
      std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
      at += count;
      return count;
    };
    const auto reader = codecs::jpeg_codec().open(Source::callbacks(read), {});
    const Image image = Image::allocate(reader->start({}));
    try {
      reader->read_rows(image.view(), context);
      FAIL("not cancelled");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::cancelled);
    }
    CHECK(at < file.size());
  }
}

TEST_CASE("jpeg stops when cancelled on its way to a region", "[jpeg][error]") {
  const Bytes file = plain_encode(test_picture(300, 300, 3), {});
  Context context;
  std::size_t at = 0;
  const auto read = [&](std::span<std::byte> out) {
    if (at > file.size() / 2) context.cancel();
    const std::size_t count = std::min({out.size(), file.size() - at, std::size_t{256}});
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
    at += count;
    return count;
  };
  const auto reader = codecs::jpeg_codec().open(Source::callbacks(read), {});
  const Image image = Image::allocate(reader->start({.region = Region{0, 299, 300, 1}}));
  CHECK_THROWS_AS(reader->read_rows(image.view(), context), Error);
  CHECK(at <= file.size() / 2 + 2 * 256);
}

TEST_CASE("jpeg tells its progress and lets the callback's exception through", "[jpeg][error]") {
  const Bytes file = plain_encode(test_picture(30, 50, 3), {});
  Context context;
  std::vector<std::int64_t> rows;
  context.on_progress = [&](std::int64_t done, std::int64_t total) {
    CHECK(total == 50);
    rows.push_back(done);
  };
  (void)decode_into(Kind::rows, file, {}, context, 20);
  CHECK(std::is_sorted(rows.begin(), rows.end()));
  CHECK(rows.back() == 50);
  Context stopping;
  stopping.on_progress = [](std::int64_t, std::int64_t) { throw Stop{}; };
  CHECK_THROWS_AS(decode_into(Kind::rows, file, {}, stopping), Stop);
  Context cancelling;
  cancelling.on_progress = [&](std::int64_t done, std::int64_t) {
    if (done >= 20) cancelling.cancel();
  };
  CHECK_THROWS_AS(decode_into(Kind::rows, file, {}, cancelling), Error);
}

TEST_CASE("jpeg encoding stops when cancelled in its last pass", "[jpeg][error]") {
  const Picture picture = test_picture(300, 300, 3);
  const Image image = Image::allocate(info_of(picture));
  fill_from_packed(image.view(), picture.pixels);
  Bytes out;
  const auto sink = Sink::memory(out);
  const auto writer = codecs::jpeg_codec().make_writer(*sink, {.progressive = true});
  Context context;
  writer->start(image.info(), context);
  writer->write_rows(image.const_view(), context);
  context.cancel();
  CHECK_THROWS_AS(writer->finish(context), Error);
}
