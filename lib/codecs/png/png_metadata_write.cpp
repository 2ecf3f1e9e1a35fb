#include "codecs/png/png_metadata_write.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "codecs/icc_profile.hpp"
#include "codecs/png/png_raw_profile.hpp"
#include "codecs/png/png_text.hpp"
#include "codecs/png/png_zlib.hpp"
#include "imgbuf/photoshop.hpp"

namespace imgbuf::codecs::png {

namespace {

constexpr std::uint32_t max_integer = std::numeric_limits<std::int32_t>::max();

std::optional<Chunk> profile_chunk(const ImageInfo& info, const Context& context) {
  const Metadata& metadata = info.metadata;
  if (metadata.icc.empty()) return std::nullopt;
  if (const auto reason = profile_mismatch(metadata.icc, info.pixel.color)) {
    context.warn(*reason);
    return std::nullopt;
  }
  Chunk chunk{.type = chunk_type("iCCP")};
  append(chunk.data, valid_keyword(metadata.icc_name, "ICC profile"));
  chunk.data.insert(chunk.data.end(), {std::byte{0}, std::byte{0}});
  append(chunk.data, deflate(metadata.icc));
  return chunk;
}

Chunk integer_chunk(ChunkType type, std::initializer_list<std::uint32_t> values) {
  Chunk chunk{.type = type};
  for (const auto value : values) append_u32(chunk.data, value);
  return chunk;
}

std::optional<Chunk> resolution_chunk(const Resolution& resolution, const Context& context) {
  const auto per_metre = [&](std::uint64_t value) -> std::uint64_t {
    switch (resolution.unit) {
      case Resolution::Unit::per_inch:
        // An inch is 0.0254 m; rounded to nearest.
        return (value * 10000 + 127) / 254;
      case Resolution::Unit::per_centimetre:
        return value * 100;
      default:
        return value;
    }
  };
  const std::uint64_t x = per_metre(resolution.x);
  const std::uint64_t y = per_metre(resolution.y);
  if (x > max_integer || y > max_integer) {
    context.warn("PNG cannot hold a resolution of " + std::to_string(x) + " x " + std::to_string(y) +
                 " pixels per metre");
    return std::nullopt;
  }
  Chunk chunk = integer_chunk(chunk_type("pHYs"), {static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)});
  chunk.data.push_back(std::byte{resolution.unit != Resolution::Unit::unit_less});
  return chunk;
}

std::vector<Chunk> color_space_chunks(const ImageInfo& info, const Context& context) {
  const Metadata& metadata = info.metadata;
  std::vector<Chunk> chunks;
  if (metadata.gamma_100000) {
    if (*metadata.gamma_100000 <= max_integer)
      chunks.push_back(integer_chunk(chunk_type("gAMA"), {*metadata.gamma_100000}));
    else
      context.warn("PNG cannot hold a gamma of " + std::to_string(*metadata.gamma_100000) + " / 100000");
  }
  if (metadata.chromaticities) {
    Chunk chunk{.type = chunk_type("cHRM")};
    for (const auto value : metadata.chromaticities->xy_100000)
      append_u32(chunk.data, static_cast<std::uint32_t>(value));
    chunks.push_back(std::move(chunk));
  }
  // A profile says more than sRGB's chunk, and PNG wants only one of them (section 11.3.2.5).
  auto profile = profile_chunk(info, context);
  if (profile) {
    if (metadata.srgb_intent) context.warn("PNG holds either an ICC profile or an sRGB intent; the intent is left out");
    chunks.push_back(std::move(*profile));
  } else if (metadata.srgb_intent) {
    if (*metadata.srgb_intent >= 0 && *metadata.srgb_intent <= 3) {
      Chunk chunk{.type = chunk_type("sRGB")};
      chunk.data.push_back(static_cast<std::byte>(*metadata.srgb_intent));
      chunks.push_back(std::move(chunk));
    } else {
      context.warn("there is no sRGB rendering intent " + std::to_string(*metadata.srgb_intent));
    }
  }
  return chunks;
}

void say_what_is_lost(const Metadata& metadata, const Context& context) {
  const auto cannot_hold = [&](std::size_t bytes, const char* what) {
    if (bytes > 0) context.warn("PNG cannot hold the " + std::to_string(bytes) + " bytes of " + what);
  };
  cannot_hold(metadata.xmp_extended.size(), "extended XMP");
  // A reader would not know what is behind a text's digits.
  if (photoshop_resources(metadata.photoshop).empty())
    cannot_hold(metadata.photoshop.size(), "Photoshop resources, which are malformed");
  for (const auto& phrase : metadata.not_carried) context.warn("not kept: " + phrase);
}

}  // namespace

MetadataChunks make_metadata_chunks(const ImageInfo& info, const Context& context) {
  const Metadata& metadata = info.metadata;
  MetadataChunks chunks;
  chunks.before_palette = color_space_chunks(info, context);
  auto& others = chunks.before_pixels;
  if (metadata.resolution) {
    if (auto chunk = resolution_chunk(*metadata.resolution, context)) others.push_back(std::move(*chunk));
  }
  if (has_byte_order_mark(metadata.exif))
    others.push_back({.type = chunk_type("eXIf"), .data = metadata.exif});
  else if (!metadata.exif.empty())
    context.warn("the EXIF of " + std::to_string(metadata.exif.size()) + " bytes is left out: it is malformed");
  if (!metadata.xmp.empty()) {
    TextEntry packet;
    packet.keyword = xmp_keyword;
    packet.text.assign(reinterpret_cast<const char*>(metadata.xmp.data()), metadata.xmp.size());
    others.push_back(make_text_chunk(packet));
  }
  if (!photoshop_resources(metadata.photoshop).empty())
    others.push_back(make_text_chunk(make_raw_profile(iptc(metadata).empty() ? "8bim" : "iptc", metadata.photoshop)));
  for (const auto& entry : metadata.text) {
    others.push_back(make_text_chunk(entry));
    const auto keyword = valid_keyword(entry.keyword, "Comment");
    if (keyword != entry.keyword)
      context.warn("PNG cannot hold a text's keyword as it is; it becomes '" + keyword + "'");
  }
  say_what_is_lost(metadata, context);
  return chunks;
}

}  // namespace imgbuf::codecs::png
