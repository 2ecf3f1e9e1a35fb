#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "bare_jpeg.hpp"
#include "bare_png.hpp"
#include "imgbuf/reader.hpp"
#include "imgbuf/sink.hpp"
#include "imgbuf/writer.hpp"
#include "row.hpp"

namespace imgbuf::bench {

namespace {

constexpr double codec_target = 1.03;

/// Row pointers of an image, and the image.
struct RowsOf {
  explicit RowsOf(Image of) : image(std::move(of)), pointers(row_pointers(image.view())) {}

  [[nodiscard]] PixelRows bare() { return {pointers.data(), image.info().width, image.info().height}; }
  [[nodiscard]] std::vector<std::byte> take() {
    std::vector<std::byte> packed;
    for (std::size_t y = 0; y < pointers.size(); ++y) {
      const auto bytes = static_cast<std::size_t>(image.info().row_bytes());
      packed.insert(packed.end(), pointers[y], pointers[y] + bytes);
      std::memset(pointers[y], 0, bytes);
    }
    return packed;
  }

  Image image;
  RowPointers<std::byte> pointers;
};

/// Both sides decode the same bytes into the same rows.
Sides decode_sides(const ImageInfo& info, std::span<const std::byte> file,
                   void (*bare)(std::span<const std::byte>, const PixelRows&)) {
  const auto target = std::make_shared<RowsOf>(Image::allocate(info, Arrangement::rows()));
  return {.subject =
              [target, file] {
                Context context;
                const auto reader = open_reader(Source::memory(file));
                reader->start({});
                reader->read_rows(target->image.view(), context);
                reader->finish(context);
              },
          .limit = [target, file, bare] { bare(file, target->bare()); },
          .take_result = [target] { return target->take(); }};
}

/// Both sides encode the same rows into the same memory.
struct Encoding {
  explicit Encoding(const Picture& picture) : source(picture.pixels) {
    // Only the pixels, as the bare libraries get only them.
    info.width = picture.pixels.info().width;
    info.height = picture.pixels.info().height;
    info.pixel = picture.pixels.info().pixel;
    file.reserve(roomy_jpeg_bytes(source.bare()));
  }

  void encode(std::string_view format, const EncodeOptions& options) {
    file.clear();
    Context context;
    const auto sink = Sink::memory(file);
    const auto writer = make_writer(format, *sink, options);
    writer->start(info, context);
    writer->write_rows(source.image.const_view(), context);
    writer->finish(context);
    sink->commit();
  }

  RowsOf source;
  ImageInfo info;
  std::vector<std::byte> file;
};

Sides encode_png_sides(const Picture& picture, int level) {
  const auto encoding = std::make_shared<Encoding>(picture);
  return {.subject = [encoding, level] { encoding->encode("PNG", {.compression = level}); },
          .limit = [encoding, level] { encode_png(encoding->source.bare(), level, encoding->file); },
          .take_result = [encoding] { return std::exchange(encoding->file, {}); }};
}

Sides encode_jpeg_sides(const Picture& picture, int quality) {
  const auto encoding = std::make_shared<Encoding>(picture);
  const auto room = std::make_shared<std::vector<std::byte>>(roomy_jpeg_bytes(encoding->source.bare()));
  const auto bare_file = std::make_shared<std::span<std::byte>>();
  return {.subject = [encoding, quality] { encoding->encode("JPEG", {.quality = quality}); },
          .limit = [encoding, room, bare_file,
                    quality] { *bare_file = encode_jpeg(encoding->source.bare(), quality, *room); },
          .take_result =
              [encoding, bare_file] {
                const auto bare = std::exchange(*bare_file, {});
                if (!bare.empty()) return std::vector<std::byte>(bare.begin(), bare.end());
                return std::exchange(encoding->file, {});
              }};
}

}  // namespace

void add_codec_rows(std::vector<Row>& rows) {
  rows.push_back({.name = "png_decode/rows",
                  .prepare = [](const Picture& p) { return decode_sides(p.pixels.info(), p.png, decode_png); },
                  .target = codec_target});
  for (const int level : {1, 6})
    rows.push_back({.name = "png_encode/rows/level_" + std::to_string(level),
                    .prepare = [level](const Picture& p) { return encode_png_sides(p, level); },
                    .target = codec_target});
  rows.push_back({.name = "jpeg_decode/rows",
                  .prepare = [](const Picture& p) { return decode_sides(p.pixels.info(), p.jpeg, decode_jpeg); },
                  .target = codec_target});
  rows.push_back({.name = "jpeg_encode/rows/quality_90",
                  .prepare = [](const Picture& p) { return encode_jpeg_sides(p, 90); },
                  .target = codec_target});
}

}  // namespace imgbuf::bench
