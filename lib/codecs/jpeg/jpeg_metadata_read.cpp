#include "codecs/jpeg/jpeg_metadata_read.hpp"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "codecs/jpeg/jpeg_guard.hpp"
#include "codecs/jpeg/jpeg_marker_names.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::jpeg {

namespace {

using Bytes = std::span<const std::byte>;

Bytes data_of(const jpeg_marker_struct& marker) noexcept {
  return {reinterpret_cast<const std::byte*>(marker.data), marker.data_length};
}

std::string_view text_of(Bytes bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool starts_with(Bytes bytes, std::string_view identifier) noexcept {
  return text_of(bytes).substr(0, identifier.size()) == identifier;
}

void append(Blob& blob, Bytes bytes) {
  blob.insert(blob.end(), bytes.begin(), bytes.end());
}

std::uint32_t big_endian_32(Bytes bytes) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

/// "APP4", or "APP4 (FLIR)" when the data begins with a name that ends in a zero byte.
std::string label_of(int marker, Bytes data) {
  std::string label = "APP" + std::to_string(marker - marker_app0);
  const std::string_view head = text_of(data).substr(0, 33);
  const std::string_view name = head.substr(0, head.find('\0'));
  const bool printable = std::all_of(name.begin(), name.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (printable && name.size() >= 2 && name.size() < head.size()) label.append(" (").append(name).append(")");
  return label;
}

class MetadataReader {
 public:
  void take(const jpeg_marker_struct& marker);
  void take_icc(jpeg_decompress_struct& cinfo, ErrorState& errors, std::string_view place);
  Metadata finish() &&;

 private:
  struct ExtendedXmpPart {
    std::string_view guid;
    std::uint32_t total = 0;
    std::uint32_t offset = 0;
    Bytes data;
  };
  struct Rest {
    std::string label;
    std::size_t bytes = 0;
  };

  void take_app1(Bytes data);
  void leave(std::string label, std::size_t bytes);
  void assemble_extended_xmp();

  Metadata metadata_;
  std::size_t icc_bytes_ = 0;
  std::vector<ExtendedXmpPart> xmp_parts_;
  std::vector<Rest> rest_;
};

void MetadataReader::take(const jpeg_marker_struct& marker) {
  const Bytes data = data_of(marker);
  switch (marker.marker) {
    case marker_app0:
      if (starts_with(data, jfif_identifier)) {
        constexpr std::size_t without_thumbnail = 14;
        if (data.size() > without_thumbnail) leave("JFIF thumbnail", data.size() - without_thumbnail);
        return;
      }
      break;
    case marker_app1:
      take_app1(data);
      return;
    case marker_app2:
      if (starts_with(data, icc_identifier)) {
        icc_bytes_ += data.size();
        return;
      }
      break;
    case marker_app13:
      if (starts_with(data, photoshop_identifier)) {
        append(metadata_.photoshop, data.subspan(photoshop_identifier.size()));
        return;
      }
      break;
    case marker_app14:
      if (starts_with(data, adobe_identifier)) return;  // says how the colours are stored
      break;
    case marker_com:
      metadata_.text.push_back({.keyword = "Comment",
                                .text = std::string(text_of(data)),
                                .encoding = TextEntry::Encoding::unknown,
                                .language = {},
                                .translated_keyword = {}});
      return;
    default:
      break;
  }
  leave(label_of(marker.marker, data), data.size());
}

void MetadataReader::take_app1(Bytes data) {
  // Some writers pad "Exif" with another byte than zero.
  if (starts_with(data, exif_identifier.substr(0, 5)) && data.size() >= exif_identifier.size()) {
    const Bytes tiff = data.subspan(exif_identifier.size());
    if (metadata_.exif.empty())
      append(metadata_.exif, tiff);
    else
      leave("a second EXIF block", tiff.size());
    return;
  }
  if (starts_with(data, xmp_identifier)) {
    const Bytes packet = data.subspan(xmp_identifier.size());
    if (metadata_.xmp.empty())
      append(metadata_.xmp, packet);
    else
      leave("a second XMP packet", packet.size());
    return;
  }
  if (starts_with(data, xmp_extension_identifier)) {
    const Bytes body = data.subspan(xmp_extension_identifier.size());
    if (body.size() >= xmp_extension_header_size) {
      xmp_parts_.push_back({.guid = text_of(body.first(xmp_guid_size)),
                            .total = big_endian_32(body.subspan(xmp_guid_size)),
                            .offset = big_endian_32(body.subspan(xmp_guid_size + 4)),
                            .data = body.subspan(xmp_extension_header_size)});
      return;
    }
  }
  leave(label_of(marker_app1, data), data.size());
}

void MetadataReader::leave(std::string label, std::size_t bytes) {
  const auto same = std::find_if(rest_.begin(), rest_.end(), [&](const Rest& r) { return r.label == label; });
  if (same != rest_.end())
    same->bytes += bytes;
  else
    rest_.push_back({std::move(label), bytes});
}

void MetadataReader::take_icc(jpeg_decompress_struct& cinfo, ErrorState& errors, std::string_view place) {
  if (icc_bytes_ == 0) return;
  JOCTET* profile = nullptr;
  unsigned int size = 0;
  boolean found = FALSE;
  const bool ok = guarded(errors, [&] { found = jpeg_read_icc_profile(&cinfo, &profile, &size); });
  const std::unique_ptr<JOCTET, decltype(&std::free)> owner(profile, &std::free);
  if (!ok) errors.raise(place);
  if (found != FALSE)
    append(metadata_.icc, {reinterpret_cast<const std::byte*>(profile), size});
  else
    leave("a broken ICC profile", icc_bytes_);
}

void MetadataReader::assemble_extended_xmp() {
  const std::string_view packet = text_of(metadata_.xmp);
  std::vector<ExtendedXmpPart> parts;
  for (const ExtendedXmpPart& part : xmp_parts_) {
    // The packet names the one extension that belongs to it.
    if (packet.find(part.guid) == std::string_view::npos || (!parts.empty() && parts.front().guid != part.guid)) {
      leave("extended XMP that the packet does not name", part.data.size());
    } else {
      parts.push_back(part);
    }
  }
  std::stable_sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  Blob whole;
  for (const ExtendedXmpPart& part : parts) {
    if (part.offset == whole.size() && part.total == parts.front().total) append(whole, part.data);
  }
  if (parts.empty()) return;
  if (whole.size() == parts.front().total) {
    metadata_.xmp_extended = std::move(whole);
    metadata_.xmp_extended_guid = parts.front().guid;
  } else {
    for (const ExtendedXmpPart& part : parts) leave("incomplete extended XMP", part.data.size());
  }
}

Metadata MetadataReader::finish() && {
  assemble_extended_xmp();
  for (const Rest& rest : rest_)
    metadata_.not_carried.push_back(std::to_string(rest.bytes) + " bytes of " + rest.label);
  return std::move(metadata_);
}

std::optional<Resolution> resolution_of(const jpeg_decompress_struct& cinfo) noexcept {
  if (cinfo.saw_JFIF_marker == FALSE || cinfo.X_density == 0 || cinfo.Y_density == 0) return std::nullopt;
  Resolution resolution{cinfo.X_density, cinfo.Y_density, Resolution::Unit::unit_less};
  switch (cinfo.density_unit) {
    case 0:
      return cinfo.X_density == cinfo.Y_density ? std::nullopt : std::optional(resolution);
    case 1:
      resolution.unit = Resolution::Unit::per_inch;
      return resolution;
    case 2:
      resolution.unit = Resolution::Unit::per_centimetre;
      return resolution;
    default:
      return std::nullopt;
  }
}

void set_saved_bytes(jpeg_decompress_struct& cinfo, unsigned int count) noexcept {
  for (int marker = marker_app0; marker <= marker_app15; ++marker) jpeg_save_markers(&cinfo, marker, count);
  jpeg_save_markers(&cinfo, marker_com, count);
}

}  // namespace

void save_metadata_markers(jpeg_decompress_struct& cinfo) noexcept {
  set_saved_bytes(cinfo, 0xFFFF);
}
void skip_metadata_markers(jpeg_decompress_struct& cinfo) noexcept {
  set_saved_bytes(cinfo, 0);
}

Metadata read_metadata(jpeg_decompress_struct& cinfo, ErrorState& errors, const Limits& limits,
                       std::string_view place) {
  std::int64_t total = 0;
  for (const jpeg_marker_struct* m = cinfo.marker_list; m != nullptr; m = m->next) total += m->data_length;
  if (total > limits.max_metadata_bytes) {
    throw Error(ErrorCode::limit_exceeded, std::to_string(total) + " bytes of metadata (max_metadata_bytes)", place);
  }
  MetadataReader reader;
  for (const jpeg_marker_struct* m = cinfo.marker_list; m != nullptr; m = m->next) reader.take(*m);
  reader.take_icc(cinfo, errors, place);
  Metadata metadata = std::move(reader).finish();
  metadata.resolution = resolution_of(cinfo);
  return metadata;
}

}  // namespace imgbuf::codecs::jpeg
