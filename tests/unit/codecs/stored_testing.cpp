#include "unit/codecs/stored_testing.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "imgbuf/walk.hpp"

namespace imgbuf::test {

namespace {

/// The part of C-ordered pixels that region and channels choose, by plain loops.
Bytes chosen(const Bytes& pixels, const ImageInfo& info, const Region& region, const std::vector<int>& channels) {
  const std::ptrdiff_t item = info.pixel.format.itemsize();
  Bytes part;
  for (std::ptrdiff_t y = region.y; y < region.y + region.height; ++y)
    for (std::ptrdiff_t x = region.x; x < region.x + region.width; ++x)
      for (const int c : channels) {
        const auto first = pixels.begin() + ((y * info.width + x) * info.channels() + c) * item;
        part.insert(part.end(), first, first + item);
      }
  return part;
}

std::vector<int> all_channels(const ImageInfo& info) {
  std::vector<int> channels;
  for (int c = 0; c < info.channels(); ++c) channels.push_back(c);
  return channels;
}

/// Channels that can be chosen of pixels: alone, and backwards.
std::vector<std::vector<int>> some_channels(const ImageInfo& info) {
  std::vector<std::vector<int>> choices;
  if (info.pixel.color != ColorModel::palette) choices = {{info.channels() - 1}, {0}};
  if (info.pixel.color == ColorModel::rgb) choices.push_back({2, 1, 0});
  return choices;
}

Region inner_region(const ImageInfo& info) {
  const Region region{.x = info.width / 3, .y = info.height / 4};
  return {region.x, region.y, std::max<std::ptrdiff_t>(1, info.width - region.x - info.width / 4),
          std::max<std::ptrdiff_t>(1, info.height - region.y - info.height / 3)};
}

Bytes decode_from(std::unique_ptr<Source> source, const DecodeOptions& options) {
  Context context;
  const Image image = decode(std::move(source), options, Arrangement::contiguous(), context);
  return packed(image.const_view());
}

/// In strips of a few rows into an arrangement.
void require_in_arrangement(const Bytes& file, const ImageInfo& info, const Bytes& pixels, Kind kind) {
  INFO("into " << name(kind));
  const GuardedImage image(kind, info.height, info.width, info.channels(), info.pixel.format);
  Context context;
  const auto reader = open_reader(Source::memory(file));
  const bool in_place = (reader->start({}), reader->decodes_in_place(image.view().layout(), image.view().format()));
  const std::ptrdiff_t step = reader->needs_whole_image() ? info.height : 5;
  for (std::ptrdiff_t y = 0; y < info.height; y += step)
    reader->read_rows(image.view().window(0, y, std::min(step, info.height - y)), context);
  reader->finish(context);
  REQUIRE(packed(image.view()) == pixels);
  REQUIRE(image.guards_intact());
  REQUIRE((context.scratch_bytes() == 0) == in_place);
}

}  // namespace

Bytes bytes_of(std::initializer_list<int> values) {
  Bytes bytes;
  for (const int value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

ImageInfo info_of_pixels(std::ptrdiff_t height, std::ptrdiff_t width, const PixelFormat& pixel) {
  ImageInfo info;
  info.height = height;
  info.width = width;
  info.pixel = pixel;
  if (pixel.color == ColorModel::palette) {
    for (int i = 0; i < 1 << pixel.bit_depth; ++i) {
      const auto v = static_cast<std::uint8_t>(i * 7 + 3);
      info.palette.push_back({v, static_cast<std::uint8_t>(v ^ 0x55), static_cast<std::uint8_t>(255 - v), 255});
    }
  }
  return info;
}

Bytes icc_profile_for(const std::string& color_space, std::size_t size) {
  Bytes profile = joined({Bytes(16, std::byte{1}), to_bytes(color_space)});
  profile.resize(size, std::byte{2});
  return profile;
}

Bytes encode_bytes(std::string_view format, const ImageInfo& info, const AnyConstView& view,
                   const EncodeOptions& options) {
  Bytes file;
  Context context;
  const auto sink = Sink::memory(file);
  const auto writer = make_writer(format, *sink, options);
  writer->start(info, context);
  writer->write_rows(view, context);
  writer->finish(context);
  sink->commit();
  return file;
}

Bytes decode_bytes(std::span<const std::byte> file, const DecodeOptions& options) {
  return decode_from(Source::memory(file), options);
}

Bytes decode_stream(std::span<const std::byte> file, const DecodeOptions& options) {
  return decode_from(Source::callbacks([left = file](std::span<std::byte> out) mutable {
                       const auto given = left.first(std::min({out.size(), left.size(), std::size_t{37}}));
                       std::copy(given.begin(), given.end(), out.begin());
                       left = left.subspan(given.size());
                       return given.size();
                     }),
                     options);
}

std::string FileFolder::write(const Bytes& file, const std::string& name) {
  std::string path = folder_ / name;
  write_file(path, file);
  return path;
}

OpenedImage FileFolder::open(const Bytes& file, const OpenOptions& options) {
  return open_image(write(file), options);
}

void require_pixels(const Bytes& file, const ImageInfo& info, const Bytes& pixels, bool is_mapped) {
  const auto reader = open_reader(Source::memory(file));
  REQUIRE(reader->info().width == info.width);
  REQUIRE(reader->info().height == info.height);
  REQUIRE(reader->info().pixel.to_string() == info.pixel.to_string());
  REQUIRE(reader->info().palette == info.palette);
  for (const Kind kind : all_kinds()) require_in_arrangement(file, info, pixels, kind);
  REQUIRE(decode_stream(file) == pixels);

  FileFolder folder;
  const std::string path = folder.write(file);
  const OpenedImage opened = open_image(path);
  CHECK(opened.reason.empty() == opened.is_mapped);
  REQUIRE(opened.is_mapped == is_mapped);
  REQUIRE(opened.image.is_read_only() == is_mapped);
  REQUIRE(opened.decoded_bytes == (is_mapped ? 0 : info.pixel_bytes()));
  REQUIRE(packed(opened.image.const_view()) == pixels);
  const OpenedImage read = open_image(path, {.mapped = false});
  REQUIRE_FALSE(read.is_mapped);
  REQUIRE(packed(read.image.const_view()) == pixels);

  const Region region = inner_region(info);
  auto choices = some_channels(info);
  choices.emplace_back();
  for (const auto& channels : choices) {
    INFO(channels.size() << " channels of a region");
    const Bytes expected = chosen(pixels, info, region, channels.empty() ? all_channels(info) : channels);
    const DecodeOptions options{.region = region, .channels = channels};
    REQUIRE(decode_bytes(file, options) == expected);
    REQUIRE(decode_stream(file, options) == expected);
    const OpenedImage part = open_image(path, {.decode = options});
    REQUIRE(part.is_mapped == is_mapped);
    REQUIRE(packed(part.image.const_view()) == expected);
  }
}

Bytes require_round_trip(std::string_view format, const ImageInfo& info, bool is_mapped, const EncodeOptions& options) {
  INFO(format << ", " << info.pixel.to_string() << ", " << info.width << " x " << info.height);
  REQUIRE(can_store(format, info));
  Bytes file;
  Bytes pixels;
  for (const Kind kind : all_kinds()) {
    INFO("from " << name(kind));
    const GuardedImage image(kind, info.height, info.width, info.channels(), info.pixel.format);
    fill_random(image.view(), 7, info.pixel.bit_depth);
    Bytes written = encode_bytes(format, info, image.view(), options);
    if (file.empty())
      file = std::move(written);
    else
      REQUIRE(written == file);
    REQUIRE(image.guards_intact());
    pixels = packed(image.view());
  }
  require_pixels(file, info, pixels, is_mapped);
  return file;
}

}  // namespace imgbuf::test
