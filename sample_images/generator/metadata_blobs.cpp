#include "metadata_blobs.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace imgbuf::samples {

namespace {

/// Bytes that grow, with numbers in one byte order.
class ByteWriter {
 public:
  explicit ByteWriter(bool big_endian) : big_endian_(big_endian) {}

  void u8(std::uint32_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
  void u16(std::uint32_t value) { number(value, 2); }
  void u32(std::uint32_t value) { number(value, 4); }
  void text(std::string_view text) {
    for (const char c : text) u8(static_cast<unsigned char>(c));
  }
  void zeros(std::size_t count) { bytes_.resize(bytes_.size() + count); }
  void pad_to(std::size_t multiple) {
    while (bytes_.size() % multiple != 0) u8(0);
  }
  void append(const Blob& blob) { bytes_.insert(bytes_.end(), blob.begin(), blob.end()); }

  [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(bytes_.size()); }
  [[nodiscard]] Blob take() noexcept { return std::move(bytes_); }

 private:
  void number(std::uint32_t value, int size) {
    for (int i = 0; i < size; ++i) u8(value >> 8 * (big_endian_ ? size - 1 - i : i) & 0xFF);
  }

  bool big_endian_;
  Blob bytes_;
};

Blob profile_text(std::string_view text) {
  ByteWriter out(true);
  out.text("text");
  out.u32(0);
  out.text(text);
  out.u8(0);
  out.pad_to(4);
  return out.take();
}

Blob profile_description(std::string_view text) {
  ByteWriter out(true);
  out.text("desc");
  out.u32(0);
  out.u32(static_cast<std::uint32_t>(text.size() + 1));
  out.text(text);
  out.u8(0);
  // No Unicode and no Macintosh name: language and count, code, count, and 67 bytes that are always there.
  out.zeros(8 + 3 + 67);
  out.pad_to(4);
  return out.take();
}

/// @param xyz  times 65536
Blob profile_xyz(const std::array<std::uint32_t, 3>& xyz) {
  ByteWriter out(true);
  out.text("XYZ ");
  out.u32(0);
  for (const std::uint32_t v : xyz) out.u32(v);
  return out.take();
}

Blob profile_gamma_2_2() {
  ByteWriter out(true);
  out.text("curv");
  out.u32(0);
  out.u32(1);
  out.u16(0x0233);  // 2.2 times 256
  out.pad_to(4);
  return out.take();
}

constexpr std::array<std::uint32_t, 3> d50{0xF6D6, 0x10000, 0xD32D};

Blob profile_header(std::uint32_t profile_size) {
  ByteWriter out(true);
  out.u32(profile_size);
  out.u32(0);           // no preferred module
  out.u32(0x02100000);  // version 2.1
  out.text("mntrRGB XYZ ");
  for (const std::uint32_t v : {2024U, 1U, 1U, 0U, 0U, 0U}) out.u16(v);
  out.text("acsp");
  out.zeros(28);  // platform, flags, manufacturer, model, attributes, perceptual intent
  for (const std::uint32_t v : d50) out.u32(v);
  out.zeros(48);  // creator and reserved
  return out.take();
}

/// One field of a TIFF directory.
struct Field {
  std::uint32_t tag;
  std::uint32_t type;
  std::uint32_t count;
  std::vector<std::uint32_t> numbers = {};
  std::string text = {};
};

constexpr std::uint32_t type_ascii = 2;
constexpr std::uint32_t type_short = 3;
constexpr std::uint32_t type_long = 4;
constexpr std::uint32_t type_rational = 5;
constexpr std::uint32_t type_undefined = 7;

Field ascii(std::uint32_t tag, std::string text) {
  text.push_back('\0');
  const auto count = static_cast<std::uint32_t>(text.size());
  return {tag, type_ascii, count, {}, std::move(text)};
}
Field short_value(std::uint32_t tag, std::uint32_t value) {
  return {tag, type_short, 1, {value}};
}
Field rational(std::uint32_t tag, std::uint32_t numerator, std::uint32_t denominator) {
  return {tag, type_rational, 1, {numerator, denominator}};
}

/// The directory at `start`, followed by the values that do not fit into it; no directory follows.
Blob directory(const std::vector<Field>& fields, std::uint32_t start, bool big_endian) {
  ByteWriter entries(big_endian);
  ByteWriter values(big_endian);
  const auto values_start = static_cast<std::uint32_t>(start + 2 + 12 * fields.size() + 4);
  entries.u16(static_cast<std::uint32_t>(fields.size()));
  for (const Field& field : fields) {
    ByteWriter value(big_endian);
    value.text(field.text);
    for (const std::uint32_t v : field.numbers) field.type == type_short ? value.u16(v) : value.u32(v);
    entries.u16(field.tag);
    entries.u16(field.type);
    entries.u32(field.count);
    if (value.size() <= 4) {
      value.pad_to(4);
      Blob bytes = value.take();
      bytes.resize(4);
      entries.append(bytes);
    } else {
      entries.u32(values_start + values.size());
      values.append(value.take());
      values.pad_to(2);
    }
  }
  entries.u32(0);
  entries.append(values.take());
  return entries.take();
}

}  // namespace

Blob make_rgb_profile() {
  const std::pair<std::string_view, Blob> tags[] = {
      {"desc", profile_description("imgbuf sample RGB")},
      {"cprt", profile_text("No copyright, use freely")},
      {"wtpt", profile_xyz(d50)},
      {"rXYZ", profile_xyz({0x6FA2, 0x38F5, 0x0390})},
      {"gXYZ", profile_xyz({0x6299, 0xB785, 0x18DA})},
      {"bXYZ", profile_xyz({0x24A0, 0x0F84, 0xB6CF})},
      {"rTRC", profile_gamma_2_2()},
      {"gTRC", {}},  // the same curve
      {"bTRC", {}},
  };
  constexpr std::uint32_t header_bytes = 128;
  ByteWriter table(true);
  ByteWriter data(true);
  const auto data_start = static_cast<std::uint32_t>(header_bytes + 4 + 12 * std::size(tags));
  table.u32(static_cast<std::uint32_t>(std::size(tags)));
  std::uint32_t offset = 0;
  std::uint32_t size = 0;
  for (const auto& [name, value] : tags) {
    if (!value.empty()) {
      offset = data_start + data.size();
      size = static_cast<std::uint32_t>(value.size());
      data.append(value);
    }
    table.text(name);
    table.u32(offset);
    table.u32(size);
  }
  ByteWriter profile(true);
  profile.append(profile_header(data_start + data.size()));
  profile.append(table.take());
  profile.append(data.take());
  return profile.take();
}

Blob make_exif(Orientation orientation, bool big_endian) {
  constexpr std::uint32_t first_directory = 8;
  std::vector<Field> fields{
      ascii(0x010F, "imgbuf"),
      ascii(0x0110, "Sample generator"),
      short_value(0x0112, static_cast<std::uint32_t>(orientation)),
      rational(0x011A, 300, 1),
      rational(0x011B, 300, 1),
      short_value(0x0128, 2),
      ascii(0x0132, "2024:01:01 12:00:00"),
      {0x8769, type_long, 1, {0}},
  };
  // The place of the second directory is known once the first has its size.
  const auto second_directory =
      static_cast<std::uint32_t>(first_directory + directory(fields, first_directory, big_endian).size());
  fields.back().numbers = {second_directory};
  const std::vector<Field> camera{
      rational(0x829A, 1, 125),
      rational(0x829D, 56, 10),
      short_value(0x8827, 200),
      {0x9000, type_undefined, 4, {}, "0232"},
      ascii(0x9003, "2024:01:01 12:00:00"),
      rational(0x920A, 39, 1),
      short_value(0xA001, 1),
  };
  ByteWriter exif(big_endian);
  exif.text(big_endian ? "MM" : "II");
  exif.u16(42);
  exif.u32(first_directory);
  exif.append(directory(fields, first_directory, big_endian));
  exif.append(directory(camera, second_directory, big_endian));
  return exif.take();
}

Blob make_xmp() {
  ByteWriter xmp(true);
  xmp.text(
      "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
      " <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
      "  <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
      "    xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:Rating=\"4\">\n"
      "   <dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">Spheres at a lake</rdf:li></rdf:Alt></dc:title>\n"
      "  </rdf:Description>\n"
      " </rdf:RDF>\n"
      "</x:xmpmeta>\n"
      "<?xpacket end=\"r\"?>");
  return xmp.take();
}

}  // namespace imgbuf::samples
