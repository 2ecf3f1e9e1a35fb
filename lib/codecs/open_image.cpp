#include "imgbuf/open_image.hpp"

#include <optional>
#include <utility>

#include "codecs/channel_selection.hpp"
#include "codecs/codec.hpp"
#include "codecs/region.hpp"
#include "codecs/stored/stored_view.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/writer.hpp"
#include "memory/mapped_file.hpp"

namespace imgbuf {

namespace {

/// A view of a file, or why there is none.
struct Attempt {
  std::optional<Image> image;
  std::string reason;
};

Attempt no_view(std::string reason) {
  return {.image = std::nullopt, .reason = std::move(reason)};
}

/// The part of a view that was asked for.
Attempt chosen(const Image& whole, const DecodeOptions& options) {
  ImageInfo info = whole.info();
  AnyConstView view = whole.const_view();
  if (options.region) {
    const Region& region = *options.region;
    codecs::require_inside(region, info.width, info.height);
    view = view.crop({region.y, region.x}, {region.height, region.width});
    info.width = region.width;
    info.height = region.height;
  }
  if (!options.channels.empty()) {
    codecs::select_channels(info, options.channels);
    const std::vector<std::ptrdiff_t> channels(options.channels.begin(), options.channels.end());
    try {
      view = view.select(2, channels);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::copy_required) throw;
      return no_view("the channels asked for are not evenly spaced");
    }
  }
  return {.image = whole.with_view(view, std::move(info)), .reason = {}};
}

Attempt view_of(const Segment& file, const OpenOptions& options) {
  const std::span<const std::byte> bytes(file.data, file.bytes);
  const codecs::Codec& codec = codecs::codec_of_content(bytes);
  if (codec.parse == nullptr) return no_view(std::string(codec.info.name) + " is compressed");
  codecs::MemoryBytes file_bytes(bytes);
  const codecs::StoredPicture picture = codec.parse(file_bytes, options.decode.limits);
  if (options.decode.scale != 1) return no_view("another scale was asked for");
  if (options.decode.expand && expanded(picture.info) != picture.info.pixel)
    return no_view("expanding " + picture.info.pixel.to_string() + " makes other pixels");
  if (auto reason = codecs::why_no_view(picture)) return no_view(std::move(*reason));
  return chosen(codecs::view_in_file(picture, file), options.decode);
}

Attempt try_to_map(const std::string& path, const OpenOptions& options) {
  if (!options.mapped) return no_view("no map was asked for");
  std::optional<Segment> file;
  try {
    file = memory::map_file(path);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported) throw;
    return no_view(error.reason());
  }
  try {
    return view_of(*file, options);
  } catch (const Error& error) {
    throw error.about(path);
  }
}

}  // namespace

OpenedImage open_image(const std::string& path, const OpenOptions& options, Context& context) {
  OpenedImage opened;
  Attempt attempt = try_to_map(path, options);
  opened.is_mapped = attempt.image.has_value();
  opened.reason = std::move(attempt.reason);
  if (options.must_map && !opened.is_mapped)
    throw Error(ErrorCode::copy_required, "it cannot be viewed: " + opened.reason, path);
  opened.image = opened.is_mapped ? std::move(*attempt.image)
                                  : decode(Source::file(path), options.decode, options.arrangement, context);
  const ImageInfo& info = opened.image.info();
  if (!opened.is_mapped) opened.decoded_bytes = info.pixel_bytes();
  if (const std::string line = wrong_extension(path, info); !line.empty()) context.warn(path + ": " + line);
  return opened;
}

OpenedImage open_image(const std::string& path, const OpenOptions& options) {
  Context context;
  return open_image(path, options, context);
}

}  // namespace imgbuf
