#include "unit/codecs/jpeg_testing.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <random>

#include "codecs/codec.hpp"

namespace imgbuf::test::jpeg {

namespace {

void set_scans(jpeg_compress_struct& cinfo, const PlainSettings& settings, std::vector<jpeg_scan_info>& scans) {
  for (int c = 0; c < cinfo.num_components && settings.separate_scans; ++c) {
    scans.push_back({.comps_in_scan = 1, .component_index = {c}, .Ss = 0, .Se = 63, .Ah = 0, .Al = 0});
  }
  if (settings.dc_only) {
    jpeg_scan_info scan{};
    scan.comps_in_scan = cinfo.num_components;
    for (int c = 0; c < cinfo.num_components; ++c) scan.component_index[c] = c;
    scans.push_back(scan);
  }
  if (scans.empty()) return;
  cinfo.scan_info = scans.data();
  cinfo.num_scans = static_cast<int>(scans.size());
}

}  // namespace

Bytes plain_encode(const Picture& picture, const PlainSettings& settings) {
  jpeg_compress_struct cinfo{};
  jpeg_error_mgr errors{};
  cinfo.err = jpeg_std_error(&errors);
  jpeg_create_compress(&cinfo);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&cinfo, &out, &size);
  cinfo.image_width = static_cast<JDIMENSION>(picture.width);
  cinfo.image_height = static_cast<JDIMENSION>(picture.height);
  cinfo.input_components = static_cast<int>(picture.channels);
  cinfo.in_color_space = settings.in;
  jpeg_set_defaults(&cinfo);
  jpeg_set_colorspace(&cinfo, settings.stored);
  jpeg_set_quality(&cinfo, settings.quality, FALSE);
  for (int c = 0; c < cinfo.num_components; ++c) {
    const bool chroma = c == 1 || c == 2;
    cinfo.comp_info[c].h_samp_factor = chroma ? 1 : settings.luma_horizontal;
    cinfo.comp_info[c].v_samp_factor = chroma ? 1 : settings.luma_vertical;
  }
  cinfo.arith_code = settings.arithmetic ? TRUE : FALSE;
  cinfo.optimize_coding = settings.optimize ? TRUE : FALSE;
  cinfo.restart_interval = settings.restart_interval;
  if (settings.progressive) jpeg_simple_progression(&cinfo);
  if (settings.stored == JCS_CMYK || settings.stored == JCS_YCCK) {
    cinfo.write_Adobe_marker = settings.adobe_marker ? TRUE : FALSE;
  }
  std::vector<jpeg_scan_info> scans;
  set_scans(cinfo, settings, scans);
  jpeg_start_compress(&cinfo, TRUE);
  while (cinfo.next_scanline < cinfo.image_height) {
    auto* row = reinterpret_cast<JSAMPROW>(
        const_cast<std::byte*>(picture.pixels.data() + cinfo.next_scanline * picture.width * picture.channels));
    jpeg_write_scanlines(&cinfo, &row, 1);
  }
  jpeg_finish_compress(&cinfo);
  const auto* first = reinterpret_cast<const std::byte*>(out);
  Bytes file(first, first + size);
  std::free(out);
  jpeg_destroy_compress(&cinfo);
  return file;
}

Picture plain_decode(std::span<const std::byte> file, int scale) {
  jpeg_decompress_struct cinfo{};
  jpeg_error_mgr errors{};
  cinfo.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&cinfo);
  jpeg_mem_src(&cinfo, reinterpret_cast<const unsigned char*>(file.data()), file.size());
  jpeg_read_header(&cinfo, TRUE);
  cinfo.scale_num = 1;
  cinfo.scale_denom = static_cast<unsigned>(scale);
  jpeg_start_decompress(&cinfo);
  Picture picture{cinfo.output_width, cinfo.output_height, cinfo.output_components, {}};
  const auto row_bytes = static_cast<std::size_t>(picture.width * picture.channels);
  picture.pixels.resize(row_bytes * static_cast<std::size_t>(picture.height));
  while (cinfo.output_scanline < cinfo.output_height) {
    auto* row = reinterpret_cast<JSAMPROW>(picture.pixels.data() + cinfo.output_scanline * row_bytes);
    jpeg_read_scanlines(&cinfo, &row, 1);
  }
  jpeg_finish_decompress(&cinfo);
  jpeg_destroy_decompress(&cinfo);
  return picture;
}

Picture test_picture(std::ptrdiff_t width, std::ptrdiff_t height, std::ptrdiff_t channels, std::uint32_t seed) {
  std::minstd_rand random(seed);
  Picture picture{width, height, channels, {}};
  picture.pixels.reserve(static_cast<std::size_t>(width * height * channels));
  for (std::ptrdiff_t y = 0; y < height; ++y)
    for (std::ptrdiff_t x = 0; x < width; ++x)
      for (std::ptrdiff_t c = 0; c < channels; ++c) {
        const std::ptrdiff_t shape = (x * (5 + 3 * c) + y * (11 - 4 * c)) % 200 + ((x / 6 + y / 5 + c) % 2) * 30;
        const auto noise = static_cast<std::ptrdiff_t>(random() % 24);
        picture.pixels.push_back(static_cast<std::byte>(shape + noise));
      }
  return picture;
}

Picture inverted(Picture picture) {
  for (std::byte& sample : picture.pixels) sample = ~sample;
  return picture;
}

Picture crop(const Picture& picture, const Region& region) {
  Picture part{region.width, region.height, picture.channels, {}};
  for (std::ptrdiff_t y = 0; y < region.height; ++y) {
    const auto first = picture.pixels.begin() + ((region.y + y) * picture.width + region.x) * picture.channels;
    part.pixels.insert(part.pixels.end(), first, first + region.width * picture.channels);
  }
  return part;
}

Picture decode_into(Kind kind, std::span<const std::byte> file, const DecodeOptions& options, Context& context,
                    std::ptrdiff_t rows_per_call) {
  const auto reader = codecs::jpeg_codec().open(Source::memory(file), options.limits);
  const ImageInfo info = reader->start(options);
  const GuardedImage image(kind, info.height, info.width, info.channels(), info.pixel.format);
  const AnyView view = image.view();
  for (std::ptrdiff_t y = 0; y < info.height; y += rows_per_call) {
    reader->read_rows(view.window(0, y, std::min(rows_per_call, info.height - y)), context);
  }
  reader->finish(context);
  if (!image.guards_intact()) FAIL("a guard was overwritten");
  return {info.width, info.height, info.channels(), packed(view)};
}

Picture decode_plainly(std::span<const std::byte> file, const DecodeOptions& options) {
  Context context;
  return decode_into(Kind::contiguous, file, options, context);
}

Bytes encode_from(Kind kind, const Picture& picture, const ImageInfo& info, const EncodeOptions& options,
                  Context& context, std::ptrdiff_t rows_per_call) {
  const GuardedImage image(kind, picture.height, picture.width, picture.channels, info.pixel.format);
  fill_from_packed(image.view(), picture.pixels);
  const AnyConstView view = image.view();
  Bytes file;
  const auto sink = Sink::memory(file);
  const auto writer = codecs::jpeg_codec().make_writer(*sink, options);
  writer->start(info, context);
  for (std::ptrdiff_t y = 0; y < picture.height; y += rows_per_call) {
    writer->write_rows(view.window(0, y, std::min(rows_per_call, picture.height - y)), context);
  }
  writer->finish(context);
  if (!image.guards_intact() || packed(view) != picture.pixels) FAIL("the source was changed");
  return file;
}

ImageInfo info_of(const Picture& picture) {
  ImageInfo info;
  info.width = picture.width;
  info.height = picture.height;
  const ColorModel color = picture.channels == 1   ? ColorModel::gray
                           : picture.channels == 3 ? ColorModel::rgb
                                                   : ColorModel::cmyk;
  info.pixel = PixelFormat::of(ElementType::u8, color);
  return info;
}

}  // namespace imgbuf::test::jpeg
