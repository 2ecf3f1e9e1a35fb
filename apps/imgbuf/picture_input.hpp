#pragma once

#include <optional>
#include <string>

#include "imgbuf/context.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/reader.hpp"

namespace imgbuf::cli {

/// A picture to look at, "-" from standard input: viewed in its file where it lies there uncompressed, else decoded.
/// Palettes, transparent colours, CMYK and samples below 8 bits are expanded, as `DecodeOptions::expand` does. A name
/// that says another format than the content is warned of through the context.
/// @param region  the pixels wanted; all when absent
/// @throws as `open_input` and `open_image`
[[nodiscard]] Image open_picture(const std::string& name, const std::optional<Region>& region, Context& context);

}  // namespace imgbuf::cli
