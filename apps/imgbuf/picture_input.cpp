#include "picture_input.hpp"

#include <filesystem>
#include <system_error>
#include <utility>

#include "imgbuf/array.hpp"
#include "imgbuf/writer.hpp"
#include "input.hpp"
#include "messages.hpp"

namespace imgbuf::cli {

namespace {

/// All rows where they lie, which keep the reader.
Image image_of(const std::shared_ptr<Reader>& reader, const ImageInfo& info) {
  const AnyConstView rows = reader->view({0, 0, info.width, info.height});
  return Image::over(
      Array::trusted(const_cast<std::byte*>(rows.origin()), rows.layout(), rows.format(), reader, Access::read_only),
      info);
}

}  // namespace

PictureInput::PictureInput(const std::string& name, const std::optional<Region>& region, Context& context) {
  const DecodeOptions decoding{.region = region, .expand = true};
  std::error_code ignored;
  if (!is_standard_stream(name) && std::filesystem::is_regular_file(name, ignored)) {
    std::unique_ptr<Source> source = open_input(name);
    source->allow_map();
    std::shared_ptr<Reader> reader = open_reader(std::move(source));
    if (const std::string line = wrong_extension(name, reader->info()); !line.empty()) context.warn(line);
    ImageInfo info = reader->start(decoding);
    if (reader->has_view()) {
      info.pixel.format = reader->view({0, 0, info.width, info.height}).format();
      image_ = image_of(reader, info);
      reader_ = std::move(reader);
      return;
    }
  }
  image_ = decode(open_input(name), decoding, {}, context);
}

}  // namespace imgbuf::cli
