#include "image/exif_bytes.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "support/temporary_directory.hpp"

using namespace imgbuf;
using namespace imgbuf::image;
using imgbuf::test::to_bytes;
using imgbuf::test::to_text;

namespace {

class Writer {
 public:
  explicit Writer(bool little) : little_(little) {
    bytes_ = to_bytes(little ? "II" : "MM");
    u16(42);
  }
  void u16(unsigned value) { put(value, 2); }
  void u32(unsigned value) { put(value, 4); }
  void text(const std::string& text) {
    for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
  }
  void entry(unsigned tag, bool is_long, unsigned value) {
    u16(tag);
    u16(is_long ? 4 : 3);
    u32(1);
    is_long ? u32(value) : (u16(value), u16(0));
  }
  [[nodiscard]] Blob take() && { return std::move(bytes_); }

 private:
  void put(unsigned value, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
      bytes_.push_back(static_cast<std::byte>(value >> (8 * (little_ ? i : size - 1 - i)) & 0xff));
  }
  bool little_;
  Blob bytes_;
};

/// IFD0 with a width, EXIF's directory with both sizes, a thumbnail's directory, its bytes, and what is behind it.
Blob exif(bool little, unsigned width, unsigned height, bool with_thumbnail, const std::string& thumbnail,
          const std::string& behind = "") {
  Writer out(little);
  out.u32(8);
  out.u16(2);  // at 8
  out.entry(0x0100, true, width);
  out.entry(0x8769, true, 38);
  out.u32(with_thumbnail ? 68 : 0);
  out.u16(2);  // at 38
  out.entry(0xA002, false, width);
  out.entry(0xA003, true, height);
  out.u32(0);
  if (with_thumbnail) {
    out.u16(2);  // at 68
    out.entry(0x0201, true, 98);
    out.entry(0x0202, true, static_cast<unsigned>(thumbnail.size()));
    out.u32(0);
  } else {
    out.text(std::string(30, '\0'));
  }
  out.text(thumbnail + behind);
  return std::move(out).take();
}

}  // namespace

TEST_CASE("EXIF's size is set where it is said, and nothing else changes") {
  const bool little = GENERATE(true, false);
  Blob blob = exif(little, 300, 200, true, "thumb");
  set_exif_size(blob, 70, 60);
  CHECK(blob == exif(little, 70, 60, true, "thumb"));
  Blob too_large = exif(little, 300, 200, false, "");
  set_exif_size(too_large, 70000, 60);
  Blob expected = exif(little, 300, 60, false, "");
  expected[little ? 18 : 21] = static_cast<std::byte>(70000 & 0xff);
  expected[little ? 19 : 20] = static_cast<std::byte>(70000 >> 8 & 0xff);
  expected[little ? 20 : 19] = std::byte{1};
  CHECK(too_large == expected);  // a SHORT has no room for it
}

TEST_CASE("a thumbnail is taken out with all its bytes") {
  const bool little = GENERATE(true, false);
  Blob blob = exif(little, 300, 200, true, "thumb");
  CHECK(has_thumbnail(blob));
  drop_thumbnail(blob);
  CHECK(!has_thumbnail(blob));
  Blob expected = exif(little, 300, 200, false, "");
  expected.resize(68);  // its directory was the last but for its bytes
  CHECK(blob == expected);
  drop_thumbnail(blob);
  CHECK(blob == expected);
}

TEST_CASE("what stands behind a thumbnail stays where it is") {
  Blob blob = exif(true, 300, 200, true, "thumb", "maker's note");
  drop_thumbnail(blob);
  CHECK(blob == exif(true, 300, 200, false, std::string(5, '\0'), "maker's note"));
}

TEST_CASE("damaged EXIF is neither read nor written past its end") {
  const bool little = GENERATE(true, false);
  const Blob whole = exif(little, 300, 200, true, "thumb");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    // A vector of just so many bytes, so that a sanitizer sees each step too far.
    Blob cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    cut.shrink_to_fit();
    set_exif_size(cut, 1, 1);
    drop_thumbnail(cut);
    CHECK(cut.size() <= size);
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned value : {0U, 1U, 8U, 0x7fU, 0xffU}) {
      Blob damaged = whole;
      damaged[at] = static_cast<std::byte>(value);
      set_exif_size(damaged, 1, 1);
      drop_thumbnail(damaged);
      CHECK(damaged.size() <= whole.size());
    }
  }
}

TEST_CASE("a shared resolution is not split behind a last directory that is cut") {
  const bool little = GENERATE(true, false);
  for (const std::size_t of_next_offset : {0U, 2U, 4U}) {
    Writer out(little);
    out.u32(16);
    out.u32(72);  // at 8
    out.u32(1);
    out.u16(2);  // at 16
    for (const unsigned tag : {0x011AU, 0x011BU}) {
      out.u16(tag);
      out.u16(5);
      out.u32(1);
      out.u32(8);
    }
    out.u32(0);
    Blob bytes = std::move(out).take();
    bytes.resize(bytes.size() - 4 + of_next_offset);
    const Blob before = bytes;
    set_exif_resolution(bytes, {300, 150, Resolution::Unit::per_inch});
    CHECK((bytes == before) == (of_next_offset < 4));
    CHECK(bytes.size() == before.size() + (of_next_offset < 4 ? 0 : 8));
  }
}

TEST_CASE("what a thumbnail would share with EXIF's directory stays") {
  Blob bytes = exif(true, 300, 200, true, "thumb");
  bytes[78 - 1 + 1] = std::byte{38};  // its JPEG would be EXIF's directory
  const Blob directory(bytes.begin() + 38, bytes.begin() + 68);
  drop_thumbnail(bytes);
  REQUIRE(bytes.size() >= 68);
  CHECK(Blob(bytes.begin() + 38, bytes.begin() + 68) == directory);
  CHECK_FALSE(has_thumbnail(bytes));
}
