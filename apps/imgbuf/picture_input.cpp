#include "picture_input.hpp"

#include <filesystem>
#include <system_error>

#include "imgbuf/open_image.hpp"
#include "input.hpp"
#include "messages.hpp"

namespace imgbuf::cli {

Image open_picture(const std::string& name, const std::optional<Region>& region, Context& context) {
  const DecodeOptions decoding{.region = region, .expand = true};
  std::error_code ignored;
  if (!is_standard_stream(name) && std::filesystem::is_regular_file(name, ignored))
    return open_image(name, {.decode = decoding}, context).image;
  return decode(open_input(name), decoding, {}, context);
}

}  // namespace imgbuf::cli
