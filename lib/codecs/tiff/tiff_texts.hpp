#pragma once

#include <array>
#include <string_view>

#include "codecs/tiff/tiff_tags.hpp"

namespace imgbuf::codecs::tiff {

/// Texts that TIFF has a tag for, and PNG's keyword for the same.
struct TextTag {
  Tag tag;
  std::string_view keyword;
};
constexpr std::array text_tags{TextTag{image_description, "Description"}, TextTag{software, "Software"},
                               TextTag{date_time, "Creation Time"}, TextTag{artist, "Author"},
                               TextTag{copyright, "Copyright"}};

}  // namespace imgbuf::codecs::tiff
