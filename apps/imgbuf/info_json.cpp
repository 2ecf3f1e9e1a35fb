#include <nlohmann/json.hpp>

#include "exif_tags.hpp"
#include "file_facts.hpp"
#include "imgbuf/photoshop.hpp"
#include "iptc_datasets.hpp"

namespace imgbuf::cli {

namespace {

using Json = nlohmann::ordered_json;

std::string_view encoding_name(TextEntry::Encoding encoding) noexcept {
  switch (encoding) {
    case TextEntry::Encoding::latin1:
      return "latin1";
    case TextEntry::Encoding::utf8:
      return "utf8";
    case TextEntry::Encoding::unknown:
      return "unknown";
  }
  return "unknown";
}

Json text_json(const TextEntry& entry) {
  Json json;
  json["keyword"] = entry.keyword;
  json["text"] = utf8_text(entry);
  json["encoding"] = encoding_name(entry.encoding);
  if (!entry.language.empty()) json["language"] = entry.language;
  if (!entry.translated_keyword.empty()) json["translated_keyword"] = entry.translated_keyword;
  return json;
}

/// @see ICC.1:2022, section 7.2: class and colour space, four characters each
Json profile_json(const Metadata& metadata) {
  const auto characters = [&](std::size_t offset) {
    const bool is_there = metadata.icc.size() >= offset + 4;
    return is_there ? std::string(reinterpret_cast<const char*>(metadata.icc.data()) + offset, 4) : std::string();
  };
  return {{"bytes", metadata.icc.size()},
          {"name", metadata.icc_name},
          {"class", characters(12)},
          {"color_space", characters(16)}};
}

Json exif_json(const Metadata& metadata) {
  Json json{{"bytes", metadata.exif.size()}, {"orientation", static_cast<int>(orientation(metadata))}};
  for (const ExifTag& tag : exif_tags(metadata.exif)) {
    json["tags"][tag.directory][tag.name] = tag.value ? Json(*tag.value) : Json(nullptr);
    if (!tag.note.empty()) json["tag_notes"][tag.directory][tag.name] = tag.note;
  }
  return json;
}

Json packet_json(const Blob& packet) {
  return {{"bytes", packet.size()}, {"text", std::string(reinterpret_cast<const char*>(packet.data()), packet.size())}};
}

Json photoshop_json(const Blob& blob) {
  Json json{{"bytes", blob.size()}};
  for (const PhotoshopResource& resource : photoshop_resources(blob)) {
    json["resources"].push_back({{"id", resource.id}, {"name", resource.name}, {"bytes", resource.data.size()}});
  }
  return json;
}

Json iptc_json(const Blob& blob) {
  Json json{{"bytes", blob.size()}, {"datasets", Json::array()}};
  for (const IptcDataset& dataset : iptc_datasets(blob)) {
    Json one{{"record", dataset.record}, {"dataset", dataset.number}};
    if (!dataset.name.empty()) one["name"] = dataset.name;
    one["text"] = dataset.text;
    json["datasets"].push_back(std::move(one));
  }
  return json;
}

Json metadata_json(const Metadata& metadata) {
  Json json = Json::object();
  if (!metadata.icc.empty()) json["icc"] = profile_json(metadata);
  if (!metadata.exif.empty()) {
    json["exif"] = exif_json(metadata);
  }
  if (!metadata.xmp.empty()) json["xmp"] = packet_json(metadata.xmp);
  if (!metadata.xmp_extended.empty()) json["xmp_extended"] = packet_json(metadata.xmp_extended);
  if (!metadata.photoshop.empty()) json["photoshop"] = photoshop_json(metadata.photoshop);
  if (const Blob datasets = iptc(metadata); !datasets.empty()) json["iptc"] = iptc_json(datasets);
  if (metadata.resolution) {
    const Resolution& r = *metadata.resolution;
    json["resolution"] = {{"x", r.x}, {"y", r.y}, {"unit", unit_name(r.unit)}};
  }
  if (metadata.gamma_100000) json["gamma"] = *metadata.gamma_100000 / 1e5;
  if (metadata.chromaticities) {
    Json& list = json["chromaticities"] = Json::array();
    for (const auto value : metadata.chromaticities->xy_100000) list.push_back(value / 1e5);
  }
  if (metadata.srgb_intent) json["srgb_intent"] = *metadata.srgb_intent;
  for (const TextEntry& entry : metadata.text) json["text"].push_back(text_json(entry));
  if (!metadata.not_carried.empty()) json["not_carried"] = metadata.not_carried;
  return json;
}

Json memory_json(const MemoryFacts& memory) {
  Json json;
  json["arrangement"] = memory.arrangement.to_string();
  json["layout"] = memory.layout.describe();
  if (memory.buffer.shape) {
    json["shape"] = memory.buffer.shape->shape;
    json["strides"] = memory.buffer.shape->strides;
    json["suboffsets"] = memory.buffer.shape->suboffsets;
  } else {
    json["not_pep3118"] = memory.buffer.reason;
  }
  json["segment_bytes"] = memory.segment_bytes;
  return json;
}

Json file_json(const FileFacts& facts) {
  Json json;
  json["file"] = facts.name;
  if (!facts.error.empty()) {
    json["error"] = facts.error;
    return json;
  }
  const ImageInfo& info = facts.info;
  json["format"] = info.file.format;
  json["width"] = info.width;
  json["height"] = info.height;
  json["channels"] = info.channels();
  json["channel_names"] = info.pixel.channel_names();
  json["color"] = to_string(info.pixel.color);
  json["alpha"] = info.pixel.alpha;
  json["element_type"] = to_string(info.pixel.format.type());
  json["bit_depth"] = info.file.bit_depth;
  json["color_type"] = info.file.color_type;
  json["interlaced"] = info.file.interlaced;
  json["progressive"] = info.file.progressive;
  json["arithmetic_coding"] = info.file.arithmetic_coding;
  json["subsampling"] = info.file.subsampling.to_string();
  if (!info.palette.empty()) {
    json["palette_entries"] = info.palette.size();
    json["palette_entries_with_alpha"] = entries_with_alpha(info);
  }
  if (info.transparent_color) json["transparent_color"] = *info.transparent_color;
  json["metadata"] = metadata_json(info.metadata);
  if (!facts.note.empty()) json["note"] = facts.note;
  if (facts.memory) json["memory"] = memory_json(*facts.memory);
  return json;
}

}  // namespace

std::string to_json(const std::vector<FileFacts>& files) {
  Json json = Json::array();
  for (const FileFacts& facts : files) json.push_back(file_json(facts));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace imgbuf::cli
