#include "codecs/jpeg/jpeg_metadata_write.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "codecs/icc_profile.hpp"
#include "codecs/jpeg/jpeg_guard.hpp"
#include "codecs/jpeg/jpeg_marker_names.hpp"
#include "codecs/lost_metadata.hpp"
#include "codecs/tiff/tiff_fields.hpp"

namespace imgbuf::codecs::jpeg {

namespace {

/// Readers put extended XMP together from parts of any size; this is the size that the XMP specification proposes.
constexpr std::size_t xmp_part_bytes = 65400;

constexpr std::size_t max_icc_bytes = 255 * (max_marker_bytes - 14);

class MetadataWriter {
 public:
  MetadataWriter(jpeg_compress_struct& cinfo, ErrorState& errors, Context& context, std::string_view place)
      : cinfo_(cinfo), errors_(errors), context_(context), place_(place) {}

  void write_exif(const Blob& exif);
  void write_xmp(const Metadata& metadata);
  void write_icc(const Blob& icc, ColorModel color);
  void write_photoshop(const Blob& photoshop);
  void write_text(const TextEntry& entry);
  void warn(const std::string& line) { context_.warn(line); }

 private:
  /// One marker of `identifier` followed by `parts`. @pre it fits
  void write(int marker, std::string_view identifier, std::span<const std::byte> header,
             std::span<const std::byte> data);

  jpeg_compress_struct& cinfo_;
  ErrorState& errors_;
  Context& context_;
  std::string_view place_;
  std::vector<JOCTET> buffer_;
};

void MetadataWriter::write(int marker, std::string_view identifier, std::span<const std::byte> header,
                           std::span<const std::byte> data) {
  const auto append = [this](const auto& bytes) {
    const auto* first = reinterpret_cast<const JOCTET*>(bytes.data());
    buffer_.insert(buffer_.end(), first, first + bytes.size());
  };
  buffer_.clear();
  append(identifier);
  append(header);
  append(data);
  const JOCTET* bytes = buffer_.data();
  const auto size = static_cast<unsigned int>(buffer_.size());
  if (!guarded(errors_, [&] { jpeg_write_marker(&cinfo_, marker, bytes, size); })) errors_.raise(place_);
}

std::string too_large(std::string_view what, std::size_t bytes, std::size_t limit) {
  return "JPEG cannot hold " + std::string(what) + " of " + std::to_string(bytes) + " bytes, only " +
         std::to_string(limit);
}

void MetadataWriter::write_exif(const Blob& exif) {
  constexpr std::size_t limit = max_marker_bytes - exif_identifier.size();
  if (exif.empty()) return;
  if (exif.size() > limit)
    warn(too_large("EXIF", exif.size(), limit));
  else
    write(marker_app1, exif_identifier, {}, exif);
}

std::array<std::byte, 8> big_endian_pair(std::size_t first, std::size_t second) noexcept {
  std::array<std::byte, 8> bytes{};
  for (std::size_t i = 0; i < 4; ++i) {
    bytes[i] = static_cast<std::byte>(first >> (24 - 8 * i));
    bytes[4 + i] = static_cast<std::byte>(second >> (24 - 8 * i));
  }
  return bytes;
}

void MetadataWriter::write_xmp(const Metadata& metadata) {
  constexpr std::size_t limit = max_marker_bytes - xmp_identifier.size();
  if (metadata.xmp.size() > limit) {
    warn(too_large("an XMP packet", metadata.xmp.size(), limit));
  } else if (!metadata.xmp.empty()) {
    write(marker_app1, xmp_identifier, {}, metadata.xmp);
  }

  const std::span<const std::byte> extended = metadata.xmp_extended;
  if (extended.empty()) return;
  if (metadata.xmp_extended_guid.size() != xmp_guid_size || extended.size() > UINT32_MAX) {
    warn("JPEG cannot hold extended XMP without its GUID of 32 digits");
    return;
  }
  const std::string identifier = std::string(xmp_extension_identifier) + metadata.xmp_extended_guid;
  for (std::size_t offset = 0; offset < extended.size(); offset += xmp_part_bytes) {
    const auto sizes = big_endian_pair(extended.size(), offset);
    write(marker_app1, identifier, sizes, extended.subspan(offset, std::min(xmp_part_bytes, extended.size() - offset)));
  }
}

void MetadataWriter::write_icc(const Blob& icc, ColorModel color) {
  if (icc.empty()) return;
  if (const auto reason = profile_mismatch(icc, color)) {
    warn(*reason);
    return;
  }
  if (icc.size() > max_icc_bytes) {
    warn(too_large("an ICC profile", icc.size(), max_icc_bytes));
    return;
  }
  const auto* bytes = reinterpret_cast<const JOCTET*>(icc.data());
  const auto size = static_cast<unsigned int>(icc.size());
  if (!guarded(errors_, [&] { jpeg_write_icc_profile(&cinfo_, bytes, size); })) errors_.raise(place_);
}

void MetadataWriter::write_photoshop(const Blob& photoshop) {
  constexpr std::size_t part_bytes = max_marker_bytes - photoshop_identifier.size();
  const std::span<const std::byte> data = photoshop;
  for (std::size_t offset = 0; offset < data.size(); offset += part_bytes) {
    write(marker_app13, photoshop_identifier, {}, data.subspan(offset, std::min(part_bytes, data.size() - offset)));
  }
}

void MetadataWriter::write_text(const TextEntry& entry) {
  const std::string text = as_comment(entry);
  if (!entry.language.empty() || !entry.translated_keyword.empty()) {
    warn("JPEG cannot hold the language of the text '" + entry.keyword + "'");
  }
  if (text.size() > max_marker_bytes) {
    warn(too_large("the text '" + entry.keyword + "'", text.size(), max_marker_bytes));
    return;
  }
  write(marker_com, {}, {}, std::as_bytes(std::span(text)));
}

/// What a JFIF marker holds.
struct Density {
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  UINT8 unit = 0;
};

/// A resolution per metre (PNG's) as dots per inch when that gives the same number back.
Density density_of_metres(const Resolution& resolution, Context& context) {
  constexpr double metres_per_inch = 0.0254;
  const auto per_inch = [](std::uint32_t v) { return static_cast<std::uint32_t>(std::lround(v * metres_per_inch)); };
  const auto maps_back = [&](std::uint32_t v) {
    return std::lround(per_inch(v) / metres_per_inch) == static_cast<long>(v);
  };
  const Density inches{per_inch(resolution.x), per_inch(resolution.y), 1};
  if (maps_back(resolution.x) && maps_back(resolution.y)) return inches;
  if (resolution.x % 100 == 0 && resolution.y % 100 == 0) return {resolution.x / 100, resolution.y / 100, 2};
  context.warn("JPEG cannot hold a resolution of " + std::to_string(resolution.x) + " x " +
               std::to_string(resolution.y) + " per metre; it is rounded to " + std::to_string(inches.x) + " x " +
               std::to_string(inches.y) + " per inch");
  return inches;
}

Density density_of(const Resolution& resolution, Context& context) {
  switch (resolution.unit) {
    case Resolution::Unit::per_metre:
      return density_of_metres(resolution, context);
    case Resolution::Unit::per_inch:
      return {resolution.x, resolution.y, 1};
    case Resolution::Unit::per_centimetre:
      return {resolution.x, resolution.y, 2};
    case Resolution::Unit::unit_less:
      break;
  }
  return {resolution.x, resolution.y, 0};
}

}  // namespace

void set_resolution(jpeg_compress_struct& cinfo, const Metadata& metadata, Context& context) {
  if (!metadata.resolution) return;
  if (cinfo.write_JFIF_header == FALSE) {
    context.warn("JPEG cannot hold the resolution of a CMYK picture");
    return;
  }
  const Density density = density_of(*metadata.resolution, context);
  const auto fits = [](std::uint32_t v) { return v >= 1 && v <= 0xFFFF; };
  if (!fits(density.x) || !fits(density.y)) {
    context.warn("JPEG cannot hold a resolution of " + std::to_string(density.x) + " x " + std::to_string(density.y));
    return;
  }
  cinfo.density_unit = density.unit;
  cinfo.X_density = static_cast<UINT16>(density.x);
  cinfo.Y_density = static_cast<UINT16>(density.y);
}

void write_metadata(jpeg_compress_struct& cinfo, ErrorState& errors, const ImageInfo& info, Context& context,
                    std::string_view place) {
  const Metadata& metadata = info.metadata;
  MetadataWriter writer(cinfo, errors, context, place);
  writer.write_exif(metadata.exif);
  writer.write_xmp(metadata);
  writer.write_icc(metadata.icc, info.pixel.color);
  writer.write_photoshop(metadata.photoshop);
  // A TIFF's texts are tags of EXIF: those need no comment.
  const tiff::Exif exif = tiff::exif_in(metadata.exif, ByteOrder::little);
  for (const TextEntry& entry : metadata.text)
    if (!tiff::says(exif, entry)) writer.write_text(entry);
  warn_of_lost_colors("JPEG", metadata, false, context);
  for (const std::string& what : metadata.not_carried) writer.warn("not kept: " + what);
}

}  // namespace imgbuf::codecs::jpeg
