#include <catch2/catch.hpp>

#include "support/require_error.hpp"
#include "unit/codecs/tiff_testing.hpp"

namespace imgbuf::test {
namespace {

constexpr auto corrupt = ErrorCode::corrupt_data;
constexpr auto unsupported = ErrorCode::unsupported;
constexpr auto truncated = ErrorCode::truncated_data;

/// 2 x 2 gray pixels.
TiffFile good(ByteOrder order = ByteOrder::little, bool is_big = false) {
  TiffFile file(order, is_big);
  file.picture(2, 2, 8, 1, 1, bytes_of({1, 2, 3, 4}));
  return file;
}

/// Both ways to read it must say the same.
void fails(const Bytes& file, ErrorCode code, const std::string& message) {
  INFO(message);
  require_error(code, "memory: " + message, [&] { (void)decode_bytes(file); });
  FileFolder folder;
  const std::string path = folder.write(file);
  require_error(code, path + ": " + message, [&] { (void)open_image(path); });
}

TEST_CASE("tiff: compressions and kinds of samples that are not read are named") {
  struct Refused {
    int tag;
    std::uint64_t value;
    const char* what;
  };
  for (const Refused& refused : {Refused{259, 5, "compression LZW"},
                                 {259, 8, "compression Deflate"},
                                 {259, 7, "compression JPEG"},
                                 {259, 32773, "compression PackBits"},
                                 {259, 4, "compression CCITT T.6"},
                                 {259, 50000, "compression Zstandard"},
                                 {259, 12345, "compression 12345"},
                                 {262, 6, "pixels of YCbCr"},
                                 {262, 8, "pixels of CIE L*a*b*"},
                                 {262, 777, "pixels of photometric interpretation 777"},
                                 {339, 5, "samples of format 5"},
                                 {258, 24, "unsigned samples of 24 bits"},
                                 {258, 64, "unsigned samples of 64 bits"},
                                 {258, 0, "unsigned samples of 0 bits"},
                                 {277, 65535, "65535 samples a pixel"},
                                 {277, 0, "0 samples a pixel"}})
    fails(good().set(refused.tag, 3, {refused.value}).bytes(), unsupported,
          "TIFF with " + std::string(refused.what) + " is not read");
  fails(good().set(339, 3, {3}).bytes(), unsupported, "TIFF with floating-point samples of 8 bits is not read");
  fails(good().set(339, 3, {2}).set(258, 3, {4}).bytes(), unsupported,
        "TIFF with signed samples of 4 bits is not read");
  fails(good().set(266, 3, {2}).bytes(), unsupported,
        "TIFF whose bytes have their least significant bit first is not read");
  TiffFile mixed;
  mixed.picture(1, 1, 8, 2, 3, bytes_of({1, 2, 3})).set(258, 3, {8, 8, 16});
  fails(mixed.bytes(), unsupported, "TIFF whose samples have different bits is not read");
  TiffFile inks;
  inks.picture(1, 1, 8, 5, 4, bytes_of({1, 2, 3, 4})).set(332, 3, {2});
  fails(inks.bytes(), unsupported, "TIFF with other inks than CMYK is not read");
}

TEST_CASE("tiff: sizes, counts and offsets at extremes are errors") {
  for (const ByteOrder order : {ByteOrder::little, ByteOrder::big})
    for (const bool is_big : {false, true}) {
      const auto file = [&] { return good(order, is_big); };
      const std::uint64_t far = is_big ? UINT64_MAX : UINT32_MAX;
      const int type = is_big ? 16 : 4;
      fails(file().set(256, 4, {0}).bytes(), corrupt, "the picture has no width that can be");
      fails(file().set(257, 4, {0x80000000}).bytes(), corrupt, "the picture has no height that can be");
      fails(file().remove(256).bytes(), corrupt, "the picture has no width that can be");
      fails(file().set(257, 4, {0x7fffffff}).bytes(), ErrorCode::limit_exceeded,
            "the picture of 2 x 2147483647 passes max_height (1000000)");
      fails(file().set(278, 4, {0}).bytes(), corrupt, "a strip has 2 columns and 0 rows");
      fails(file().set(322, 4, {0}).set(323, 4, {5}).bytes(), corrupt, "a tile has 0 columns and 5 rows");
      fails(file().remove(273).bytes(), corrupt, "the picture has 1 strips, and 0 places of them");
      fails(file().set(278, 4, {1}).bytes(), corrupt, "the picture has 2 strips, and 1 places of them");
      fails(file().set(279, 4, {3}).bytes(), corrupt, "strip 0 has 3 bytes of 4");
      fails(file().set(256, 2, {2}).bytes(), corrupt, "tag 256 has values of type 2, which are no numbers from 0 on");
      fails(file().set(256, 4, {}).bytes(), corrupt, "tag 256 has no value");
      fails(file().set(262, 3, {2}).bytes(), corrupt, "pixels of 3 colours have 1 samples");
      fails(file().set(262, 3, {3}).bytes(), corrupt, "there is no palette of all entries");
      if (is_big)
        fails(file().set(273, type, {far}).bytes(), corrupt, "offsets or sizes are larger than any file");
      else
        require_error(truncated, "memory: rows 0 to 1: the file ends too early: no 4 bytes at offset 4294967295",
                      [&] { (void)decode_bytes(file().set(273, type, {far}).bytes()); });
    }
  Limits unlimited;
  unlimited.max_width = unlimited.max_height = unlimited.max_pixels = INT64_MAX;
  const Bytes huge = good()
                         .set(256, 4, {0x7fffffff})
                         .set(257, 4, {0x7fffffff})
                         .set(277, 3, {64})
                         .set(278, 4, {0x7fffffff})
                         .remove(279)
                         .bytes();
  require_error(corrupt, "memory: offsets or sizes are larger than any file",
                [&] { (void)decode_bytes(huge, {.limits = unlimited}); });
  // Tiny tiles of a large picture: as many places would be needed as nobody has.
  const Bytes tiles = good().set(256, 4, {0xfffff}).set(257, 4, {0x3fff}).set(322, 4, {1}).set(323, 4, {1}).bytes();
  require_error(ErrorCode::limit_exceeded, "memory: the picture of 1048575 x 16383 passes max_width (1000000)",
                [&] { (void)decode_bytes(tiles); });
  require_error(corrupt, "memory: the picture has 17178804225 tiles, and 1 places of them",
                [&] { (void)decode_bytes(tiles, {.limits = unlimited}); });
}

TEST_CASE("tiff: directories that are not there or too large are errors") {
  Bytes file = good().bytes();
  const auto with_directory_at = [&](std::uint32_t offset) {
    Bytes changed = file;
    for (std::size_t i = 0; i < 4; ++i) changed[4 + i] = static_cast<std::byte>(offset >> (8 * i) & 0xff);
    return changed;
  };
  fails(with_directory_at(0xffffffff), truncated, "the file ends too early: no 2 bytes at offset 4294967295");
  fails(with_directory_at(static_cast<std::uint32_t>(file.size() - 1)), truncated,
        "the file ends too early: no 2 bytes at offset " + std::to_string(file.size() - 1));
  Bytes no_fields = file;
  no_fields[12] = no_fields[13] = std::byte{0};
  fails(no_fields, corrupt, "a directory of 0 fields at offset 12");
  Bytes big = good(ByteOrder::little, true).bytes();
  for (std::size_t i = 0; i < 8; ++i) big[20 + i] = std::byte{0xff};
  fails(big, corrupt, "a directory of 18446744073709551615 fields at offset 20");
  big = good(ByteOrder::big, true).bytes();
  big[5] = std::byte{16};
  fails(big, corrupt, "a BigTIFF's offsets have 8 bytes, not 16");
  for (std::size_t size = 16; size < file.size(); ++size) {
    const Bytes cut(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
    INFO("cut to " << size);
    try {
      (void)decode_bytes(cut);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(to_string(error.code()) == to_string(truncated));
    }
  }
}

TEST_CASE("tiff: further directories are counted, and a circle of them ends") {
  const auto not_carried = [](const TiffFile& file) {
    return open_reader(Source::memory(file.bytes()))->info().metadata.not_carried;
  };
  TiffFile file = good();
  CHECK(not_carried(file).empty());
  // The first directory stands at offset 12.
  file.next_directory = 12;
  CHECK(not_carried(file).empty());
  // A directory of one field that leads to itself.
  const std::uint64_t second =
      file.place(joined({numbers({1, 256, 4}, 2, ByteOrder::little), numbers({1, 5, 12}, 4, ByteOrder::little)}));
  file.next_directory = second;
  CHECK(not_carried(file) == std::vector<std::string>{"1 further pictures"});
  file.next_directory = 0xfffffff0;
  CHECK(not_carried(file).empty());
}

TEST_CASE("tiff: a strip outside the file is an error when it is mapped and when it is read") {
  const Bytes file = good().set(273, 4, {1000}).bytes();
  require_error(truncated, "memory: rows 0 to 1: the file ends too early: no 4 bytes at offset 1000",
                [&] { (void)decode_bytes(file); });
  FileFolder folder;
  const std::string path = folder.write(file);
  require_error(truncated,
                path + ": the file ends too early: its pixels take 1004 bytes, it has " + std::to_string(file.size()),
                [&] { (void)open_image(path); });
}

}  // namespace
}  // namespace imgbuf::test
