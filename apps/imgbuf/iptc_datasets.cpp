#include "iptc_datasets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace imgbuf::cli {

namespace {

struct Name {
  int record;
  int number;
  std::string_view name;
};

/// What people and programs use of records 1 (the envelope) and 2 (the application's).
constexpr std::array names{Name{1, 90, "Coded Character Set"},
                           Name{2, 0, "Record Version"},
                           Name{2, 5, "Object Name"},
                           Name{2, 7, "Edit Status"},
                           Name{2, 10, "Urgency"},
                           Name{2, 12, "Subject Reference"},
                           Name{2, 15, "Category"},
                           Name{2, 20, "Supplemental Category"},
                           Name{2, 22, "Fixture Identifier"},
                           Name{2, 25, "Keywords"},
                           Name{2, 26, "Content Location Code"},
                           Name{2, 27, "Content Location Name"},
                           Name{2, 40, "Special Instructions"},
                           Name{2, 55, "Date Created"},
                           Name{2, 60, "Time Created"},
                           Name{2, 62, "Digital Creation Date"},
                           Name{2, 63, "Digital Creation Time"},
                           Name{2, 65, "Originating Program"},
                           Name{2, 70, "Program Version"},
                           Name{2, 80, "By-line"},
                           Name{2, 85, "By-line Title"},
                           Name{2, 90, "City"},
                           Name{2, 92, "Sublocation"},
                           Name{2, 95, "Province/State"},
                           Name{2, 100, "Country Code"},
                           Name{2, 101, "Country Name"},
                           Name{2, 103, "Original Transmission Reference"},
                           Name{2, 105, "Headline"},
                           Name{2, 110, "Credit"},
                           Name{2, 115, "Source"},
                           Name{2, 116, "Copyright Notice"},
                           Name{2, 118, "Contact"},
                           Name{2, 120, "Caption/Abstract"},
                           Name{2, 122, "Writer/Editor"},
                           Name{2, 131, "Image Orientation"},
                           Name{2, 135, "Language Identifier"}};

std::string name_of(int record, int number) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Name& n) { return n.record == record && n.number == number; });
  return found == names.end() ? std::string() : std::string(found->name);
}

}  // namespace

std::vector<IptcDataset> iptc_datasets(std::span<const std::byte> bytes) {
  constexpr std::size_t head_bytes = 5;
  constexpr std::size_t extended = 0x8000;
  constexpr std::byte tag_marker{0x1C};
  std::vector<IptcDataset> datasets;
  while (bytes.size() >= head_bytes && bytes[0] == tag_marker) {
    const auto number = [&](std::size_t at) { return std::to_integer<int>(bytes[at]); };
    const auto size = static_cast<std::size_t>(number(3) << 8 | number(4));
    if (size >= extended || size > bytes.size() - head_bytes) break;
    const std::string text(reinterpret_cast<const char*>(bytes.data()) + head_bytes, size);
    datasets.push_back({number(1), number(2), name_of(number(1), number(2)), text});
    bytes = bytes.subspan(head_bytes + size);
  }
  return datasets;
}

}  // namespace imgbuf::cli
