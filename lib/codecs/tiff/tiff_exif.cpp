#include <algorithm>
#include <array>

#include "codecs/stored/number.hpp"
#include "codecs/tiff/tiff_fields.hpp"
#include "codecs/tiff/tiff_texts.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

/// Root fields that tell of the picture and not of its storage. They mean the same in a TIFF and in EXIF.
bool is_about_picture(std::uint16_t tag) noexcept {
  constexpr std::array<std::uint16_t, 16> tags{document_name, image_description, make,
                                               model,         orientation,       x_resolution,
                                               y_resolution,  page_name,         resolution_unit,
                                               software,      date_time,         artist,
                                               host_computer, white_point,       primary_chromaticities,
                                               copyright};
  constexpr std::uint16_t first_windows_text = 40091, last_windows_text = 40095;
  return std::find(tags.begin(), tags.end(), tag) != tags.end() ||
         (tag >= first_windows_text && tag <= last_windows_text);
}

/// Root fields for which a file or `Metadata` has another place: how pixels are stored and cut into pieces, profiles and
/// packets, and what leads to further directories.
bool is_known_elsewhere(std::uint16_t tag) noexcept {
  struct Tags {
    std::uint16_t first, last;
  };
  constexpr std::array<Tags, 17> known{{{254, 259},
                                        {262, 266},
                                        {273, 284},
                                        {292, 293},
                                        {297, 297},
                                        {317, 317},
                                        {320, 325},
                                        {331, 347},
                                        {512, 532},
                                        {700, 700},
                                        {32997, 32998},
                                        {33723, 33723},
                                        {34377, 34377},
                                        {34665, 34665},
                                        {34675, 34675},
                                        {34853, 34853},
                                        {40965, 40965}}};
  return std::any_of(known.begin(), known.end(),
                     [tag](const Tags& tags) { return tag >= tags.first && tag <= tags.last; });
}

bool is_damage(const Error& error) noexcept {
  return error.code() == ErrorCode::corrupt_data || error.code() == ErrorCode::truncated_data;
}

/// The directory to which a field leads, if there is such a field and anything in the directory.
void add_part(const Directory& directory, Tag tag, ByteOrder order, std::uint64_t most_bytes,
              std::vector<Exif::Part>& parts, Exif& exif) {
  try {
    const auto offset = directory.number(tag);
    if (!offset) return;
    const Directory at_offset = directory.directory_at(*offset);
    Exif::Part part{.tag = tag, .fields = copied_fields(at_offset, order, most_bytes), .parts = {}};
    if (tag == exif_directory) add_part(at_offset, interoperability_directory, order, most_bytes, part.parts, exif);
    if (!part.fields.empty() || !part.parts.empty()) parts.push_back(std::move(part));
  } catch (const Error& error) {
    if (!is_damage(error)) throw;
    exif.left_out.emplace_back("a damaged directory");
  }
}

/// "tags 50341, 50706", or nothing. A hostile file can have thousands.
void leave_out(const std::vector<std::uint16_t>& tags, Exif& exif) {
  constexpr std::size_t most_named = 8;
  if (tags.empty()) return;
  std::string phrase = tags.size() == 1 ? "tag " : "tags ";
  for (std::size_t i = 0; i < std::min(tags.size(), most_named); ++i)
    phrase += (i == 0 ? "" : ", ") + std::to_string(tags[i]);
  if (tags.size() > most_named) phrase += " and " + std::to_string(tags.size() - most_named) + " more";
  exif.left_out.push_back(std::move(phrase));
}

}  // namespace

Exif exif_in(const Directory& directory, ByteOrder order, std::uint64_t most_bytes) {
  Exif exif;
  for (const Tag tag : {exif_directory, gps_directory}) add_part(directory, tag, order, most_bytes, exif.parts, exif);
  std::vector<std::uint16_t> unknown;
  for (const Field& field : directory.fields()) {
    if (is_about_picture(field.tag))
      exif.root.push_back(copied_field(directory, field, order, most_bytes));
    else if (!is_known_elsewhere(field.tag))
      unknown.push_back(field.tag);
  }
  leave_out(unknown, exif);
  return exif;
}

Exif exif_in(const Blob& exif, ByteOrder order) {
  if (exif.empty()) return {};
  try {
    MemoryBytes file(exif);
    const FileKind kind = read_file_kind(file);
    const Directory root(file, kind, kind.first_directory);
    Exif read = exif_in(root, order, exif.size());
    if (root.next() != 0) read.left_out.emplace_back("the thumbnail");
    return read;
  } catch (const Error&) {
    Exif unreadable;
    unreadable.left_out.push_back("its " + std::to_string(exif.size()) + " bytes: they are damaged");
    return unreadable;
  }
}

bool says(const Exif& exif, const TextEntry& entry) {
  return std::any_of(exif.root.begin(), exif.root.end(), [&](const FieldValue& field) {
    const auto has_keyword = [&](const TextTag& text) {
      return text.tag == field.tag && text.keyword == entry.keyword;
    };
    if (std::none_of(text_tags.begin(), text_tags.end(), has_keyword)) return false;
    std::string_view held(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
    while (held.ends_with('\0')) held.remove_suffix(1);
    return held == utf8_text(entry);
  });
}

std::vector<std::byte> directory_tree(std::vector<FieldValue> root, const std::vector<Exif::Part>& parts,
                                      const FileKind& kind, std::uint64_t offset) {
  const FieldMaker make(kind.order);
  const std::size_t first_pointer = root.size();
  for (const Exif::Part& part : parts) root.push_back(make.number(part.tag, type_long, 0));
  const std::uint64_t behind_root = offset + directory_bytes(root, kind, offset).size();
  std::vector<std::byte> behind;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint64_t at = behind_root + behind.size();
    root[first_pointer + i] = make.number(parts[i].tag, type_long, at);
    const auto part = directory_tree(parts[i].fields, parts[i].parts, kind, at);
    behind.insert(behind.end(), part.begin(), part.end());
  }
  std::vector<std::byte> tree = directory_bytes(std::move(root), kind, offset);
  tree.insert(tree.end(), behind.begin(), behind.end());
  return tree;
}

Blob exif_blob(const Exif& exif, ByteOrder order) {
  if (exif.empty()) return {};
  const FileKind kind{.order = order, .is_big = false, .first_directory = 8};
  Blob blob;
  append_number(blob, order == ByteOrder::little ? 0x4949 : 0x4d4d, 2, order);
  append_number(blob, 42, 2, order);
  append_number(blob, kind.first_directory, 4, order);
  const auto tree = directory_tree(exif.root, exif.parts, kind, blob.size());
  blob.insert(blob.end(), tree.begin(), tree.end());
  return blob;
}

}  // namespace imgbuf::codecs::tiff
