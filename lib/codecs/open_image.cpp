#include "imgbuf/open_image.hpp"

#include <optional>
#include <utility>

#include "codecs/channel_selection.hpp"
#include "codecs/codec.hpp"
#include "codecs/region.hpp"
#include "codecs/stored/stored_grid.hpp"
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
  std::optional<GridImage> grid;  ///< when it is in cells, which are no image
  std::string reason;             ///< why there is no image
  bool is_followed = false;       ///< by what may be another picture
};

Attempt no_view(std::string reason) {
  return {.image = std::nullopt, .grid = std::nullopt, .reason = std::move(reason), .is_followed = false};
}

Attempt view_as(Image image) {
  return {.image = std::move(image), .grid = std::nullopt, .reason = {}, .is_followed = false};
}
Attempt view_as(GridImage grid) {
  if (std::optional<Image> image = grid.in_one_cell()) return view_as(*std::move(image));
  std::string reason = "it is stored in " + grid.cells_text() + " cells, of which open_grid makes a view";
  return {.image = std::nullopt, .grid = std::move(grid), .reason = std::move(reason), .is_followed = false};
}

/// The part of a view that was asked for.
/// @tparam AnyImage  Image or GridImage
template <class AnyImage>
Attempt chosen(const AnyImage& whole, const DecodeOptions& options) {
  ImageInfo info = whole.info();
  auto view = whole.const_view();
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
  return view_as(whole.with_view(view, std::move(info)));
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
  if (auto reason = codecs::why_no_elements(picture)) return no_view(std::move(*reason));
  if (options.decode.region && codecs::is_scattered(picture, *options.decode.region)) memory::expect_scattered(file);
  Attempt attempt = codecs::needs_grid(picture) ? chosen(codecs::grid_in_file(picture, file), options.decode)
                                                : chosen(codecs::view_in_file(picture, file), options.decode);
  const std::ptrdiff_t height = picture.info.height;
  const bool is_to_the_end =
      !options.decode.region || options.decode.region->y + options.decode.region->height == height;
  attempt.is_followed = is_to_the_end && picture.may_be_followed && codecs::stored_end(picture) < file.bytes;
  return attempt;
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

void warn_of_extension(const std::string& path, const ImageInfo& info, const Context& context) {
  if (const std::string line = wrong_extension(path, info); !line.empty()) context.warn(path + ": " + line);
}

void warn_of_more(const std::string& path, bool is_followed, const Context& context) {
  if (is_followed) context.warn(path + codecs::more_follows);
}

/// What was mapped, or the pixels decoded.
OpenedImage opened(Attempt attempt, const std::string& path, const OpenOptions& options, Context& context) {
  OpenedImage opened;
  opened.is_mapped = attempt.image.has_value();
  opened.reason = std::move(attempt.reason);
  if (options.must_map && !opened.is_mapped)
    throw Error(ErrorCode::copy_required, "it cannot be viewed: " + opened.reason, path);
  opened.image = opened.is_mapped ? std::move(*attempt.image)
                                  : decode(Source::file(path), options.decode, options.arrangement, context);
  const ImageInfo& info = opened.image.info();
  if (!opened.is_mapped) opened.decoded_bytes = info.pixel_bytes();
  warn_of_extension(path, info, context);
  if (opened.is_mapped) warn_of_more(path, attempt.is_followed, context);
  return opened;
}

}  // namespace

OpenedImage open_image(const std::string& path, const OpenOptions& options, Context& context) {
  return opened(try_to_map(path, options), path, options, context);
}

OpenedGrid open_grid(const std::string& path, const OpenOptions& options, Context& context) {
  Attempt attempt = try_to_map(path, options);
  if (attempt.grid) {
    warn_of_extension(path, attempt.grid->info(), context);
    warn_of_more(path, attempt.is_followed, context);
    return {.image = *std::move(attempt.grid), .is_mapped = true};
  }
  OpenedImage plain = opened(std::move(attempt), path, options, context);
  return {.image = GridImage(plain.image),
          .is_mapped = plain.is_mapped,
          .reason = std::move(plain.reason),
          .decoded_bytes = plain.decoded_bytes};
}

OpenedGrid open_grid(const std::string& path, const OpenOptions& options) {
  Context context;
  return open_grid(path, options, context);
}

OpenedImage open_image(const std::string& path, const OpenOptions& options) {
  Context context;
  return open_image(path, options, context);
}

}  // namespace imgbuf
