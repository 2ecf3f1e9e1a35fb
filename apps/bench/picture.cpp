#include "picture.hpp"

#include <span>

#include "bare_jpeg.hpp"
#include "bare_png.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/reader.hpp"
#include "scene.hpp"

namespace imgbuf::bench {

namespace {

std::vector<std::byte> read_all(Source& source) {
  std::vector<std::byte> bytes;
  while (true) {
    const auto piece = source.fill(Source::max_fill);
    if (piece.empty()) return bytes;
    bytes.insert(bytes.end(), piece.begin(), piece.end());
    source.consume(piece.size());
  }
}

void read_picture(const std::string& path, Picture& picture) {
  const auto source = Source::file(path);
  std::vector<std::byte> file = read_all(*source);
  Context context;
  picture.pixels = decode(Source::memory(file, path), {}, Arrangement::rows(), context);
  const ImageInfo& info = picture.pixels.info();
  if (info.pixel != PixelFormat::of(ElementType::u8, ColorModel::rgb) || info.file.interlaced)
    throw Error(ErrorCode::unsupported, "the benchmarks want a picture of RGB u8 that is not interlaced", path);
  (info.file.format == "PNG" ? picture.png : picture.jpeg) = std::move(file);
}

}  // namespace

const Picture& LazyPicture::get() {
  if (picture_) return *picture_;
  Picture picture;
  if (choice_.path.empty())
    picture.pixels = render_scene(choice_.width, choice_.height);
  else
    read_picture(choice_.path, picture);
  auto rows = row_pointers(picture.pixels.view());
  const PixelRows pixels{rows.data(), picture.pixels.info().width, picture.pixels.info().height};
  if (picture.png.empty()) encode_png(pixels, 6, picture.png);
  if (picture.jpeg.empty()) {
    std::vector<std::byte> room(roomy_jpeg_bytes(pixels));
    const auto file = encode_jpeg(pixels, 90, room);
    picture.jpeg.assign(file.begin(), file.end());
  }
  picture_ = std::move(picture);
  return *picture_;
}

}  // namespace imgbuf::bench
