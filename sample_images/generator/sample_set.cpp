#include "sample_set.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "damage.hpp"
#include "graphics.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/pixel.hpp"
#include "imgbuf/writer.hpp"
#include "metadata_blobs.hpp"
#include "quantise.hpp"
#include "raster.hpp"

namespace imgbuf::samples {

namespace {

Bytes encoded(const Image& image, std::string_view format, const EncodeOptions& options = {}) {
  Bytes bytes;
  const auto sink = Sink::memory(bytes);
  const auto writer = make_writer(format, *sink, options);
  Context context;
  writer->start(image.info(), context);
  writer->write_rows(image.const_view(), context);
  writer->finish(context);
  return bytes;
}

Image to_gray(const Image& image) {
  ImageInfo info = image.info();
  info.pixel = PixelFormat::of(info.pixel.format.type(), ColorModel::gray);
  Image gray = Image::allocate(info, Arrangement::rows());
  Context context;
  PixelConverter(image.info(), info.pixel).convert(gray.view(), image.const_view(), context);
  return gray;
}

/// Inks for light: what all three colours lack goes half into black.
Image to_cmyk(const Image& image) {
  ImageInfo info = image.info();
  info.pixel = PixelFormat::of(ElementType::u8, ColorModel::cmyk);
  Image cmyk = Image::allocate(info, Arrangement::rows());
  const auto in = image.const_view().as<const std::uint8_t>();
  const auto out = cmyk.view().as<std::uint8_t>();
  for (std::ptrdiff_t y = 0; y < info.height; ++y) {
    for (std::ptrdiff_t x = 0; x < info.width; ++x) {
      const int brightest = std::max({in(y, x, 0), in(y, x, 1), in(y, x, 2)});
      const int paper = 255 - (255 - brightest) / 2;  // what black leaves
      for (std::ptrdiff_t c = 0; c < 3; ++c)
        out(y, x, c) = static_cast<std::uint8_t>(255 - (in(y, x, c) * 255 + paper / 2) / paper);
      out(y, x, 3) = static_cast<std::uint8_t>(255 - paper);
    }
  }
  return cmyk;
}

/// A part of a picture; no pixel is copied.
Image window(const Image& image, std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t width, std::ptrdiff_t height) {
  ImageInfo info = image.info();
  info.width = width;
  info.height = height;
  return image.with_view(image.const_view().window(0, y, height).window(1, x, width), std::move(info));
}

/// The picture as a camera held upright stores it: lying on its side, to be turned clockwise; no pixel is copied.
Image on_its_side(const Image& image) {
  ImageInfo info = image.info();
  std::swap(info.width, info.height);
  return image.with_view(image.const_view().permute({1, 0, 2}).flip(0), std::move(info));
}

Image with_metadata(const Image& image, Metadata metadata) {
  ImageInfo info = image.info();
  info.metadata = std::move(metadata);
  return image.with_info(std::move(info));
}

TextEntry note(std::string keyword, std::string text, TextEntry::Encoding encoding) {
  TextEntry entry;
  entry.keyword = std::move(keyword);
  entry.text = std::move(text);
  entry.encoding = encoding;
  return entry;
}

Metadata camera_metadata() {
  Metadata metadata;
  metadata.icc = make_rgb_profile();
  metadata.exif = make_exif(Orientation::rotate_90, true);
  metadata.xmp = make_xmp();
  metadata.resolution = Resolution{300, 300, Resolution::Unit::per_inch};
  metadata.text = {note("Comment", "Rendered by imgbuf's sample generator", TextEntry::Encoding::unknown)};
  return metadata;
}

Metadata graphic_metadata() {
  Metadata metadata;
  metadata.exif = make_exif(Orientation::rotate_180, false);
  metadata.xmp = make_xmp();
  metadata.resolution = Resolution{3780, 3780, Resolution::Unit::per_metre};
  metadata.gamma_100000 = 45455;
  metadata.chromaticities = Chromaticities{{31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000}};
  metadata.srgb_intent = 0;
  using Encoding = TextEntry::Encoding;
  TextEntry description =
      note("Description",
           "Spheres of chrome, lacquer, glass, gold and marble on a terrace at a lake, with mountains behind.",
           Encoding::latin1);
  description.compressed = true;
  TextEntry title = note("Title",
                         "Kugeln \xC3\xBC"
                         "ber dem See",
                         Encoding::utf8);
  title.language = "de";
  title.translated_keyword = "Titel";
  metadata.text = {note("Software", "imgbuf", Encoding::latin1), description, title};
  return metadata;
}

class SampleWriter {
 public:
  explicit SampleWriter(std::string folder) : folder_(std::move(folder)) {}

  void png(std::string_view name, const Image& image, const EncodeOptions& options = {}) const {
    EncodeOptions smallest = options;
    smallest.compression = 9;
    file(name, encoded(image, "PNG", smallest));
  }
  void jpeg(std::string_view name, const Image& image, const EncodeOptions& options = {}) const {
    file(name, encoded(image, "JPEG", options));
  }
  void file(std::string_view name, const Bytes& bytes) const {
    const std::string path = folder_ + "/" + std::string(name);
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out) throw std::runtime_error("cannot write " + path);
  }

 private:
  std::string folder_;
};

void write_scenes(const SampleWriter& write, const Raster& large, const Raster& small) {
  const Image photo = developed(large, ElementType::u8, 0.006);
  const Image scene = developed(small, ElementType::u8, 0.004);
  const Image deep = developed(small, ElementType::u16, 0.001);
  const Image gray = to_gray(scene);
  write.png("scene_rgb8.png", photo);
  write.png("scene_rgb16.png", deep);
  write.png("scene_gray8.png", gray);
  write.png("scene_gray16.png", to_gray(deep));
  write.png("scene_palette.png", with_palette(scene, 64, 8));
  write.png("gray_1bit.png", with_gray_depth(gray, 1));
  write.png("gray_4bit.png", with_gray_depth(gray, 4));
  write.png("interlaced_rgb8.png", window(scene, 30, 50, 117, 83), {.interlaced = true});
  write.png("oriented_exif.png",
            with_metadata(window(scene.with_view(scene.const_view().flip(0).flip(1), scene.info()), 60, 30, 120, 80),
                          graphic_metadata()));
  write.jpeg("scene_q90.jpg", photo, {.quality = 90, .subsampling = "4:2:0"});
  write.jpeg("progressive.jpg", scene, {.quality = 85, .progressive = true});
  write.jpeg("cmyk.jpg", to_cmyk(scene), {.quality = 85});
  write.jpeg("gray.jpg", gray, {.quality = 85});
  write.jpeg("subsampling_411.jpg", scene, {.quality = 85, .subsampling = "4:1:1"});
  write.jpeg("oriented_exif_icc.jpg", with_metadata(on_its_side(window(scene, 34, 20, 112, 140)), camera_metadata()),
             {.quality = 85, .subsampling = "4:2:2"});
}

void write_graphics(const SampleWriter& write) {
  const Image sprite = draw_sprite();
  write.png("sprite_rgba.png", sprite);
  write.png("palette_transparent.png", with_palette(sprite, 16, 4));
  write.png("flat_text.png", draw_arrangements());
  write.png("transparent_color.png", draw_color_key());
  write.png("pixel_1x1.png", draw_pixel());
  write.jpeg("pixel_1x1.jpg", draw_pixel(), {.quality = 95});
}

void write_damaged(const SampleWriter& write, const Raster& small) {
  const Image scene = window(developed(small, ElementType::u8, 0.004), 60, 40, 96, 72);
  const Bytes png = encoded(scene, "PNG");
  const Bytes jpeg = encoded(scene, "JPEG");
  write.file("truncated.png", truncated_png(png));
  write.file("truncated.jpg", truncated_jpeg(jpeg));
  write.file("corrupt_crc.png", png_with_wrong_crc(png));
  write.file("corrupt_idat.png", png_with_damaged_pixels(png));
  write.file("corrupt_huffman.jpg", jpeg_with_invalid_code(jpeg));
  write.file("huge_header.png", png_of_absurd_size());
  write.file("empty.png", {});
  constexpr std::string_view text = "This is a text file. Only its name says that it is a picture.\n";
  const auto* first = reinterpret_cast<const std::byte*>(text.data());
  write.file("not_an_image.png", Bytes(first, first + text.size()));
}

}  // namespace

const std::vector<std::string_view>& good_samples() {
  static const std::vector<std::string_view> names{
      "cmyk.jpg",          "flat_text.png",         "gray.jpg",
      "gray_1bit.png",     "gray_4bit.png",         "interlaced_rgb8.png",
      "oriented_exif.png", "oriented_exif_icc.jpg", "pixel_1x1.jpg",
      "pixel_1x1.png",     "progressive.jpg",       "palette_transparent.png",
      "scene_gray16.png",  "scene_gray8.png",       "scene_palette.png",
      "scene_q90.jpg",     "scene_rgb16.png",       "scene_rgb8.png",
      "sprite_rgba.png",   "subsampling_411.jpg",   "transparent_color.png",
  };
  return names;
}

const std::vector<std::string_view>& bad_samples() {
  static const std::vector<std::string_view> names{
      "corrupt_crc.png", "corrupt_huffman.jpg", "corrupt_idat.png", "empty.png",
      "huge_header.png", "not_an_image.png",    "truncated.jpg",    "truncated.png",
  };
  return names;
}

void write_samples(const std::string& folder) {
  const Raster large = render_scene(480, 320);
  const Raster small = halved(large);
  const SampleWriter write(folder);
  write_scenes(write, large, small);
  write_graphics(write);
  write_damaged(write, small);
}

}  // namespace imgbuf::samples
