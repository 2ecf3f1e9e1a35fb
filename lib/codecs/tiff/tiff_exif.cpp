#include <algorithm>
#include <array>

#include "codecs/stored/number.hpp"
#include "codecs/tiff/tiff_fields.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

constexpr std::array part_tags{exif_directory, gps_directory};

/// Root fields that tell of the picture and not of its storage.
bool is_about_picture(std::uint16_t tag) noexcept {
  constexpr std::array<std::uint16_t, 8> tags{image_description, make,      model,  orientation,
                                              software,          date_time, artist, copyright};
  constexpr std::uint16_t first_windows_text = 40091, last_windows_text = 40095;
  return std::find(tags.begin(), tags.end(), tag) != tags.end() ||
         (tag >= first_windows_text && tag <= last_windows_text);
}

/// Root fields for which `Metadata` or the file itself has a place.
bool is_known_elsewhere(std::uint16_t tag) noexcept {
  constexpr std::uint16_t chroma_position = 531;
  constexpr std::array<std::uint16_t, 6> tags{x_resolution,   y_resolution,  resolution_unit,
                                              exif_directory, gps_directory, chroma_position};
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

}  // namespace

Exif exif_in(const Directory& directory, ByteOrder order, std::uint64_t most_bytes) {
  Exif exif;
  for (const Tag tag : part_tags) {
    const auto offset = directory.number(tag);
    if (!offset) continue;
    exif.parts.push_back({tag, copied_fields(directory.directory_at(*offset), order, most_bytes)});
    if (exif.parts.back().fields.empty()) exif.parts.pop_back();
  }
  for (const Field& field : directory.fields()) {
    if (is_about_picture(field.tag))
      exif.root.push_back(copied_field(directory, field, order, most_bytes));
    else if (!is_known_elsewhere(field.tag))
      exif.has_more = true;
  }
  return exif;
}

Exif exif_in(const Blob& exif, ByteOrder order) {
  if (exif.empty()) return {};
  try {
    MemoryBytes file(exif);
    const FileKind kind = read_file_kind(file);
    return exif_in(Directory(file, kind, kind.first_directory), order, exif.size());
  } catch (const Error&) {
    Exif unreadable;
    unreadable.has_more = true;
    return unreadable;
  }
}

void append_directories(std::vector<std::byte>& out, std::vector<FieldValue> root, const std::vector<Exif::Part>& parts,
                        const FileKind& kind) {
  const FieldMaker make(kind.order);
  const std::size_t first_pointer = root.size();
  for (const Exif::Part& part : parts) root.push_back(make.number(part.tag, type_long, 0));
  std::uint64_t offset = out.size() + directory_bytes(root, kind, out.size()).size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    root[first_pointer + i] = make.number(parts[i].tag, type_long, offset);
    offset += directory_bytes(parts[i].fields, kind, offset).size();
  }
  const auto append = [&](const std::vector<FieldValue>& fields) {
    const auto bytes = directory_bytes(fields, kind, out.size());
    out.insert(out.end(), bytes.begin(), bytes.end());
  };
  append(root);
  for (const Exif::Part& part : parts) append(part.fields);
}

Blob exif_blob(const Exif& exif, ByteOrder order) {
  if (exif.empty()) return {};
  const FileKind kind{.order = order, .is_big = false, .first_directory = 8};
  Blob blob;
  append_number(blob, order == ByteOrder::little ? 0x4949 : 0x4d4d, 2, order);
  append_number(blob, 42, 2, order);
  append_number(blob, kind.first_directory, 4, order);
  append_directories(blob, exif.root, exif.parts, kind);
  return blob;
}

}  // namespace imgbuf::codecs::tiff
