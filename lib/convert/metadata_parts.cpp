#include "imgbuf/metadata_parts.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

struct Part {
  std::string_view name;
  bool MetadataParts::*is_kept;
  bool is_color;
  bool (*is_in)(const Metadata&);
  void (*drop)(Metadata&);
};

constexpr std::array<Part, 9> parts{{
    {"icc", &MetadataParts::icc, true, [](const Metadata& m) { return !m.icc.empty(); },
     [](Metadata& m) {
       m.icc.clear();
       m.icc_name.clear();
     }},
    {"gamma", &MetadataParts::gamma, true, [](const Metadata& m) { return m.gamma_100000.has_value(); },
     [](Metadata& m) { m.gamma_100000.reset(); }},
    {"chromaticities", &MetadataParts::chromaticities, true,
     [](const Metadata& m) { return m.chromaticities.has_value(); }, [](Metadata& m) { m.chromaticities.reset(); }},
    {"srgb", &MetadataParts::srgb, true, [](const Metadata& m) { return m.srgb_intent.has_value(); },
     [](Metadata& m) { m.srgb_intent.reset(); }},
    {"exif", &MetadataParts::exif, false, [](const Metadata& m) { return !m.exif.empty(); },
     [](Metadata& m) { m.exif.clear(); }},
    {"xmp", &MetadataParts::xmp, false, [](const Metadata& m) { return !m.xmp.empty() || !m.xmp_extended.empty(); },
     [](Metadata& m) {
       m.xmp.clear();
       m.xmp_extended.clear();
       m.xmp_extended_guid.clear();
     }},
    {"iptc", &MetadataParts::iptc, false, [](const Metadata& m) { return !m.photoshop.empty(); },
     [](Metadata& m) { m.photoshop.clear(); }},
    {"resolution", &MetadataParts::resolution, false, [](const Metadata& m) { return m.resolution.has_value(); },
     [](Metadata& m) { m.resolution.reset(); }},
    {"text", &MetadataParts::text, false, [](const Metadata& m) { return !m.text.empty(); },
     [](Metadata& m) { m.text.clear(); }},
}};

const Part& part_named(std::string_view name) {
  const auto part = std::find_if(parts.begin(), parts.end(), [name](const Part& p) { return p.name == name; });
  if (part != parts.end()) return *part;
  std::string known;
  for (const Part& p : parts) known.append(known.empty() ? "" : ", ").append(p.name);
  throw Error(ErrorCode::invalid_argument, "'" + std::string(name) + "' is no part of metadata; there are " + known);
}

}  // namespace

MetadataParts MetadataParts::none() noexcept {
  MetadataParts kept;
  for (const Part& part : parts) kept.*part.is_kept = false;
  return kept;
}

MetadataParts MetadataParts::colors() noexcept {
  MetadataParts kept;
  for (const Part& part : parts) kept.*part.is_kept = part.is_color;
  return kept;
}

MetadataParts MetadataParts::parse(std::string_view list) {
  MetadataParts kept = none();
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    kept.*part_named(list.substr(begin, end - begin)).is_kept = true;
    begin = end + 1;
  }
  return kept;
}

std::vector<std::string_view> MetadataParts::names() {
  std::vector<std::string_view> names;
  for (const Part& part : parts) names.push_back(part.name);
  return names;
}

bool MetadataParts::is_all() const noexcept {
  return *this == MetadataParts{};
}

Metadata MetadataParts::apply(const Metadata& metadata) const {
  Metadata kept = metadata;
  for (const Part& part : parts) {
    if (!(this->*part.is_kept)) part.drop(kept);
  }
  if (!is_all()) kept.not_carried.clear();
  return kept;
}

std::vector<std::string> MetadataParts::dropped(const Metadata& metadata) const {
  std::vector<std::string> names;
  for (const Part& part : parts) {
    if (!(this->*part.is_kept) && part.is_in(metadata)) names.emplace_back(part.name);
  }
  return names;
}

}  // namespace imgbuf
