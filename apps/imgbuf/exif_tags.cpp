#include "exif_tags.hpp"

#ifdef IMGBUF_WITH_EXIF

#include <fmt/format.h>
#include <libexif/exif-data.h>

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

#include "exif_values.hpp"

namespace imgbuf::cli {

namespace {

constexpr std::array<const char*, EXIF_IFD_COUNT> directory_names{"IFD0", "IFD1", "EXIF", "GPS", "Interoperability"};

struct Unref {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

ExifTag described(ExifEntry& entry, ExifIfd directory) {
  const char* const name = exif_tag_get_name_in_ifd(entry.tag, directory);
  ExifValue value = exif_value(entry, directory);
  return {directory_names[static_cast<std::size_t>(directory)],
          name != nullptr ? name : fmt::format("0x{:04x}", static_cast<unsigned int>(entry.tag)), std::move(value.text),
          std::move(value.note)};
}

}  // namespace

std::vector<ExifTag> exif_tags(const Blob& exif) {
  std::vector<ExifTag> tags;
  const std::unique_ptr<ExifData, Unref> data(exif_data_new());
  if (!data || exif.empty()) return tags;
  // What is there shall be told: no tag that a standard wants is made up, and no unknown one left out.
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);

  constexpr std::string_view identifier("Exif\0\0", 6);
  std::vector<unsigned char> bytes(identifier.begin(), identifier.end());
  for (const std::byte b : exif) bytes.push_back(std::to_integer<unsigned char>(b));
  exif_data_load_data(data.get(), bytes.data(), static_cast<unsigned int>(bytes.size()));

  for (int i = 0; i < EXIF_IFD_COUNT; ++i) {
    const ExifContent* const content = data->ifd[i];
    for (unsigned int e = 0; content != nullptr && e < content->count; ++e) {
      tags.push_back(described(*content->entries[e], static_cast<ExifIfd>(i)));
    }
  }
  return tags;
}

}  // namespace imgbuf::cli

#else

namespace imgbuf::cli {

std::vector<ExifTag> exif_tags(const Blob&) {
  return {};
}

}  // namespace imgbuf::cli

#endif
