#include "imgbuf/metadata.hpp"

#include <catch2/catch.hpp>
#include <initializer_list>

#include "support/temporary_directory.hpp"

using imgbuf::Blob;
using imgbuf::Metadata;
using imgbuf::Orientation;
using imgbuf::orientation;
using imgbuf::set_orientation;
using imgbuf::test::to_bytes;
using imgbuf::test::to_text;

namespace {

struct Entry {
  unsigned tag = 0;
  unsigned type = 3;
  unsigned count = 1;
  unsigned value = 0;  ///< 16 bits, in the first two bytes of the value field
};

/// A TIFF structure with one directory, in either byte order.
class ExifWriter {
 public:
  explicit ExifWriter(bool little) : little_(little) {}

  Blob write(std::initializer_list<Entry> entries, unsigned directory_offset = 8) {
    put(little_ ? 0x4949U : 0x4D4DU, 2);
    put(42, 2);
    put(directory_offset, 4);
    while (bytes_.size() < directory_offset) bytes_.push_back(std::byte{0xAA});
    put(static_cast<unsigned>(entries.size()), 2);
    for (const Entry& e : entries) {
      put(e.tag, 2);
      put(e.type, 2);
      put(e.count, 4);
      put(e.value, 2);
      put(0x5555, 2);  // what fills the field beside a SHORT means nothing
    }
    put(0, 4);
    return bytes_;
  }

 private:
  void put(unsigned value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned shift = 8 * (little_ ? i : size - 1 - i);
      bytes_.push_back(static_cast<std::byte>(value >> shift));
    }
  }

  bool little_;
  Blob bytes_;
};

Metadata with_exif(Blob exif) {
  Metadata metadata;
  metadata.exif = std::move(exif);
  return metadata;
}

constexpr unsigned make_tag = 0x010F;
constexpr unsigned orientation_tag = 0x0112;

}  // namespace

TEST_CASE("orientation is read in both byte orders", "[metadata]") {
  const bool little = GENERATE(true, false);
  for (unsigned value = 1; value <= 8; ++value) {
    const auto metadata = with_exif(
        ExifWriter(little).write({{make_tag, 2, 4, 9}, {orientation_tag, 3, 1, value}, {0x0213, 3, 1, 1}}, 14));
    CHECK(orientation(metadata) == static_cast<Orientation>(value));
  }
}

TEST_CASE("orientation is upright when there is none or it is malformed", "[metadata]") {
  const bool little = GENERATE(true, false);
  const auto of = [&](Entry entry) { return orientation(with_exif(ExifWriter(little).write({entry}))); };
  CHECK(orientation(Metadata{}) == Orientation::upright);
  CHECK(of({make_tag, 3, 1, 6}) == Orientation::upright);
  CHECK(of({orientation_tag, 3, 1, 0}) == Orientation::upright);
  CHECK(of({orientation_tag, 3, 1, 9}) == Orientation::upright);
  CHECK(of({orientation_tag, 3, 1, 0x0106}) == Orientation::upright);
  CHECK(of({orientation_tag, 3, 2, 6}) == Orientation::upright);
  CHECK(of({orientation_tag, 4, 1, 6}) == Orientation::upright);
  CHECK(of({orientation_tag, 3, 1, 6}) == Orientation::rotate_90);
}

TEST_CASE("orientation survives a blob cut at every byte and any first offset", "[metadata]") {
  const bool little = GENERATE(true, false);
  const Blob whole = ExifWriter(little).write({{make_tag, 3, 1, 2}, {orientation_tag, 3, 1, 8}});
  const std::size_t needed = whole.size() - 4;  // without the offset of the next directory
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Metadata metadata = with_exif(Blob(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(orientation(metadata) == (size < needed ? Orientation::upright : Orientation::rotate_270));
    set_orientation(metadata, Orientation::upright);
    CHECK(metadata.exif.size() == size);
  }
  for (std::size_t i = 0; i < 4; ++i) {
    Blob broken = whole;
    broken[4 + i] = std::byte{0xFF};
    CHECK(orientation(with_exif(broken)) == Orientation::upright);
  }
  Blob version = whole;
  version[2] = version[3] = std::byte{7};
  CHECK(orientation(with_exif(version)) == Orientation::upright);
  Blob order = whole;
  order[1] = std::byte{'?'};
  CHECK(orientation(with_exif(order)) == Orientation::upright);
}

TEST_CASE("set_orientation changes the tag's value and nothing else", "[metadata]") {
  const bool little = GENERATE(true, false);
  Metadata metadata = with_exif(ExifWriter(little).write({{make_tag, 3, 1, 2}, {orientation_tag, 3, 1, 6}}));
  const Metadata expected = with_exif(ExifWriter(little).write({{make_tag, 3, 1, 2}, {orientation_tag, 3, 1, 1}}));
  set_orientation(metadata, Orientation::upright);
  CHECK(metadata == expected);
}

TEST_CASE("set_orientation leaves a blob without the tag as it is", "[metadata]") {
  Metadata metadata = with_exif(ExifWriter(true).write({{make_tag, 3, 1, 2}}));
  const Metadata before = metadata;
  set_orientation(metadata, Orientation::rotate_180);
  CHECK(metadata == before);
}

TEST_CASE("set_orientation changes what XMP says of it as well", "[metadata]") {
  Metadata metadata = with_exif(ExifWriter(true).write({{orientation_tag, 3, 1, 6}}));
  metadata.xmp = to_bytes("<a tiff:Orientation=\"6\"/>");
  set_orientation(metadata, Orientation::rotate_180);
  CHECK(orientation(metadata) == Orientation::rotate_180);
  CHECK(to_text(metadata.xmp) == "<a tiff:Orientation=\"3\"/>");
}
