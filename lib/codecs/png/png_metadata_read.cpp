#include "codecs/png/png_metadata_read.hpp"

#include <algorithm>

#include "codecs/png/png_raw_profile.hpp"
#include "codecs/png/png_text.hpp"
#include "codecs/png/png_zlib.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/photoshop.hpp"

namespace imgbuf::codecs::png {

namespace {

enum class Handling { by_libpng, metadata, color_space_metadata, none };

Handling handling(ChunkType type) noexcept {
  switch (type) {
    case chunk_type("IHDR"):
    case chunk_type("PLTE"):
    case chunk_type("IDAT"):
    case chunk_type("IEND"):
    case chunk_type("tRNS"):
      return Handling::by_libpng;
    case chunk_type("iCCP"):
    case chunk_type("sRGB"):
    case chunk_type("gAMA"):
    case chunk_type("cHRM"):
    case chunk_type("pHYs"):
      return Handling::color_space_metadata;
    case chunk_type("eXIf"):
    case chunk_type("tEXt"):
    case chunk_type("zTXt"):
    case chunk_type("iTXt"):
      return Handling::metadata;
    default:
      return Handling::none;
  }
}

}  // namespace

bool MetadataReader::keeps(ChunkType type) noexcept {
  const auto how = handling(type);
  return how == Handling::metadata || how == Handling::color_space_metadata;
}

void MetadataReader::begin(ChunkType type, std::uint32_t length) {
  current_ = type;
  if (type == chunk_type("IDAT")) after_pixels_ = true;
  if (is_closed_) return;
  const auto how = handling(type);
  if (keeps(type)) {
    if (length > bytes_left_) charge(length);
  } else if (how == Handling::none && is_ancillary(type)) {
    list_not_carried(type == chunk_type("acTL") ? "acTL (animation: only the first frame is read)" : chunk_name(type));
  }
}

void MetadataReader::take(ChunkType type, std::span<const std::byte> data) {
  const auto how = handling(type);
  if (is_closed_ || !keeps(type)) return;
  if (how == Handling::color_space_metadata) {
    if (after_pixels_) {
      trouble_.keep_warning("chunk " + chunk_name(type) + " comes after the pixels and is ignored");
      list_not_carried(chunk_name(type) + " (misplaced)");
    } else {
      take_color_space(type, data);
    }
  } else if (type == chunk_type("eXIf")) {
    if (!has_byte_order_mark(data))
      malformed(type);
    else if (!metadata_.exif.empty() && !has_raw_exif_)
      duplicate(type);
    else {
      charge(data.size());
      const Blob chunk(data.begin(), data.end());
      if (has_raw_exif_ && metadata_.exif != chunk) list_not_carried("text (EXIF that is not that of eXIf)");
      metadata_.exif = chunk;
      has_raw_exif_ = false;
    }
  } else if (!take_text(type, data)) {
    malformed(type);
  }
}

void MetadataReader::leave_out(ChunkType type) {
  if (!is_closed_) list_not_carried(chunk_name(type) + " (corrupt)");
}

void MetadataReader::take_color_space(ChunkType type, std::span<const std::byte> data) {
  bool is_valid = false;
  switch (type) {
    case chunk_type("iCCP"):
      if (!metadata_.icc.empty()) return duplicate(type);
      is_valid = take_profile(data);
      break;
    case chunk_type("sRGB"):
      if (metadata_.srgb_intent) return duplicate(type);
      is_valid = data.size() == 1 && std::to_integer<int>(data[0]) <= 3;
      if (is_valid) metadata_.srgb_intent = std::to_integer<int>(data[0]);
      break;
    case chunk_type("gAMA"):
      if (metadata_.gamma_100000) return duplicate(type);
      is_valid = data.size() == 4;
      if (is_valid) metadata_.gamma_100000 = read_u32(data);
      break;
    case chunk_type("cHRM"):
      if (metadata_.chromaticities) return duplicate(type);
      is_valid = data.size() == 32;
      if (is_valid) {
        auto& xy = metadata_.chromaticities.emplace().xy_100000;
        for (std::size_t i = 0; i < xy.size(); ++i) xy[i] = static_cast<std::int32_t>(read_u32(data.subspan(4 * i)));
      }
      break;
    case chunk_type("pHYs"):
      if (metadata_.resolution) return duplicate(type);
      is_valid = data.size() == 9 && std::to_integer<int>(data[8]) <= 1;
      if (is_valid) {
        metadata_.resolution = {
            .x = read_u32(data),
            .y = read_u32(data.subspan(4)),
            .unit = data[8] == std::byte{1} ? Resolution::Unit::per_metre : Resolution::Unit::unit_less};
      }
      break;
    default:
      return;
  }
  if (!is_valid) malformed(type);
}

bool MetadataReader::take_profile(std::span<const std::byte> data) {
  const auto end = std::find(data.begin(), data.end(), std::byte{0});
  const auto name_size = static_cast<std::size_t>(end - data.begin());
  if (name_size == 0 || name_size > 79 || data.size() < name_size + 2 || data[name_size + 1] != std::byte{0})
    return false;
  auto profile = inflate(data.subspan(name_size + 2), static_cast<std::size_t>(bytes_left_));
  if (!profile || profile->empty()) return false;
  charge(profile->size());
  metadata_.icc = std::move(*profile);
  metadata_.icc_name.assign(reinterpret_cast<const char*>(data.data()), name_size);
  return true;
}

bool MetadataReader::take_text(ChunkType type, std::span<const std::byte> data) {
  auto entry = parse_text(type, data, static_cast<std::size_t>(bytes_left_));
  if (!entry) return false;
  charge(entry->keyword.size() + entry->text.size() + entry->language.size() + entry->translated_keyword.size() +
         sizeof(TextEntry));
  if (take_raw_profile(*entry)) return true;
  if (type != chunk_type("iTXt") || entry->keyword != xmp_keyword) {
    metadata_.text.push_back(std::move(*entry));
  } else if (metadata_.xmp.empty()) {
    const auto packet = std::as_bytes(std::span(entry->text));
    metadata_.xmp.assign(packet.begin(), packet.end());
  } else {
    trouble_.keep_warning("a second XMP packet is ignored");
    list_not_carried("iTXt (a second XMP packet)");
  }
  return true;
}

/// A profile that a text holds goes where its kind belongs, unless another one is there: then it stays text.
bool MetadataReader::take_raw_profile(const TextEntry& entry) {
  if (!entry.keyword.starts_with(raw_profile_keyword)) return false;
  const std::string_view kind = std::string_view(entry.keyword).substr(raw_profile_keyword.size());
  constexpr std::string_view exif_prefix("Exif\0\0", 6);
  constexpr std::string_view xmp_prefix("http://ns.adobe.com/xap/1.0/\0", 29);
  auto profile = parse_raw_profile(entry.text);
  if (!profile || profile->empty()) return false;
  const auto begins_with = [&](std::string_view prefix) {
    return std::string_view(reinterpret_cast<const char*>(profile->data()), profile->size()).starts_with(prefix);
  };
  const auto put = [&](Blob& place, std::size_t prefix_bytes) {
    profile->erase(profile->begin(), profile->begin() + static_cast<std::ptrdiff_t>(prefix_bytes));
    if (!place.empty()) return place == *profile;
    charge(profile->size());
    place = std::move(*profile);
    return true;
  };
  if (kind == "iptc" || kind == "8bim") {
    if (begins_with("8BIM")) return put(metadata_.photoshop, 0);
    const Blob held = iptc(metadata_);
    if (!begins_with("\x1c") || !held.empty()) return held == *profile;
    charge(profile->size());
    set_iptc(metadata_, *profile);
    return true;
  }
  if (kind == "exif" || kind == "APP1") {
    const std::size_t prefix_bytes = begins_with(exif_prefix) ? exif_prefix.size() : 0;
    if (has_byte_order_mark(std::span(*profile).subspan(prefix_bytes))) {
      has_raw_exif_ = has_raw_exif_ || metadata_.exif.empty();
      return put(metadata_.exif, prefix_bytes);
    }
    return begins_with(xmp_prefix) && put(metadata_.xmp, xmp_prefix.size());
  }
  return kind == "xmp" && put(metadata_.xmp, 0);
}

void MetadataReader::list_not_carried(const std::string& chunk) {
  // A hostile file can have millions of chunk types; nobody reads so long a list.
  constexpr std::size_t max_listed = 64;
  auto& list = metadata_.not_carried;
  const auto phrase = list.size() < max_listed ? "chunk " + chunk : std::string("more types of chunks");
  if (std::find(list.begin(), list.end(), phrase) == list.end()) list.push_back(phrase);
}

void MetadataReader::malformed(ChunkType type) {
  trouble_.keep_warning("chunk " + chunk_name(type) + " is malformed and is ignored");
  list_not_carried(chunk_name(type) + " (malformed)");
}

void MetadataReader::duplicate(ChunkType type) {
  trouble_.keep_warning("a second chunk " + chunk_name(type) + " is ignored");
  list_not_carried(chunk_name(type) + " (the second)");
}

void MetadataReader::charge(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(bytes_left_))
    throw Error(ErrorCode::limit_exceeded, "the metadata takes more than max_metadata_bytes");
  bytes_left_ -= static_cast<std::int64_t>(bytes);
}

}  // namespace imgbuf::codecs::png
