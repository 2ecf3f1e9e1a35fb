#include "unit/codecs/png_testing.hpp"

#include <png.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>

namespace imgbuf::test::png {

namespace {

constexpr std::array<std::ptrdiff_t, 11> sizes{1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33};

std::uint32_t crc(std::span<const std::byte> bytes) {
  std::uint32_t value = 0xffffffff;
  for (const auto byte : bytes) {
    value ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320u : 0u);
  }
  return ~value;
}

void append_u32(Bytes& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift & 0xff));
}

std::uint32_t u32_at(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

std::string type_at(std::span<const std::byte> bytes, std::size_t at) {
  return {reinterpret_cast<const char*>(bytes.data()) + at, 4};
}

}  // namespace

std::string PngKind::name() const {
  return std::string(to_string(color)) + (alpha ? "+alpha " : " ") + std::to_string(bit_depth) + " bit" +
         (transparency ? " tRNS" : "") + (interlaced ? " interlaced" : "");
}

ImageInfo PngKind::info(std::ptrdiff_t height, std::ptrdiff_t width) const {
  ImageInfo info;
  info.width = width;
  info.height = height;
  info.pixel = {bit_depth == 16 ? ElementType::u16 : ElementType::u8, color, alpha, bit_depth};
  if (color == ColorModel::palette) {
    for (int i = 0; i < 1 << bit_depth; ++i) {
      const auto v = static_cast<std::uint8_t>(i * 7 + 3);
      const auto a = static_cast<std::uint8_t>(transparency && i % 3 == 0 ? i : 255);
      info.palette.push_back({v, static_cast<std::uint8_t>(v ^ 0x55), static_cast<std::uint8_t>(255 - v), a});
    }
  } else if (transparency) {
    const auto high = static_cast<std::uint16_t>((1u << bit_depth) - 1);
    info.transparent_color = TransparentColor{high, 0, 0};
    if (color == ColorModel::rgb) info.transparent_color = TransparentColor{high, 1, 0};
  }
  return info;
}

std::vector<PngKind> all_png_kinds() {
  std::vector<PngKind> kinds;
  for (const bool interlaced : {false, true}) {
    for (const bool transparency : {false, true}) {
      for (const int depth : {1, 2, 4, 8, 16})
        kinds.push_back({ColorModel::gray, false, depth, transparency, interlaced});
      for (const int depth : {1, 2, 4, 8})
        kinds.push_back({ColorModel::palette, false, depth, transparency, interlaced});
      for (const int depth : {8, 16}) kinds.push_back({ColorModel::rgb, false, depth, transparency, interlaced});
    }
    for (const int depth : {8, 16}) {
      kinds.push_back({ColorModel::gray, true, depth, false, interlaced});
      kinds.push_back({ColorModel::rgb, true, depth, false, interlaced});
    }
  }
  return kinds;
}

std::span<const std::ptrdiff_t> png_sizes() {
  return sizes;
}

std::ptrdiff_t other_size(std::size_t i) {
  return sizes[(i * 5 + 4) % sizes.size()];
}

Bytes encode_png(const ImageInfo& info, const AnyConstView& view, Context& context, const EncodeOptions& options) {
  Bytes file;
  const auto sink = Sink::memory(file);
  const auto writer = make_writer("PNG", *sink, options);
  writer->start(info, context);
  writer->write_rows(view, context);
  writer->finish(context);
  sink->commit();
  return file;
}

RandomPng random_png(const PngKind& kind, std::ptrdiff_t height, std::ptrdiff_t width, std::uint32_t seed) {
  RandomPng made;
  made.info = kind.info(height, width);
  const GuardedImage image(Kind::contiguous, height, width, made.info.channels(), made.info.pixel.format);
  fill_random(image.view(), seed, kind.bit_depth);
  if (made.info.transparent_color) {
    // Some pixels of that very colour.
    Bytes pixels = packed(image.view());
    const auto item = static_cast<std::size_t>(made.info.pixel.format.itemsize());
    const auto channels = static_cast<std::size_t>(made.info.channels());
    for (std::size_t p = 0; p + 1 <= pixels.size() / (item * channels); p += 3)
      for (std::size_t c = 0; c < channels; ++c) {
        const std::uint16_t sample = (*made.info.transparent_color)[c];
        std::byte* const at = pixels.data() + (p * channels + c) * item;
        if (item == 1)
          *at = static_cast<std::byte>(sample);
        else
          std::memcpy(at, &sample, 2);
      }
    fill_from_packed(image.view(), pixels);
  }
  Context context;
  made.file = encode_png(made.info, image.view(), context, {.interlaced = kind.interlaced});
  made.pixels = packed(image.view());
  return made;
}

std::unique_ptr<Reader> open_bytes(std::span<const std::byte> file, const Limits& limits) {
  return open_reader(Source::memory(file), limits);
}

Bytes decode_png(std::span<const std::byte> file, const DecodeOptions& options) {
  Context context;
  const auto reader = open_bytes(file, options.limits);
  const ImageInfo info = reader->start(options);
  const GuardedImage image(Kind::contiguous, info.height, info.width, info.channels(), info.pixel.format);
  reader->read_rows(image.view(), context);
  reader->finish(context);
  return packed(image.view());
}

Bytes decode_with_libpng(std::span<const std::byte> file) {
  struct Input {
    std::span<const std::byte> left;
  } input{file};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  Bytes pixels;
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_read_struct(&png, &info, nullptr);
    throw std::runtime_error("libpng cannot read the file");
  }
  png_set_read_fn(png, &input, [](png_structp p, png_bytep out, std::size_t size) {
    auto& from = static_cast<Input*>(png_get_io_ptr(p))->left;
    if (from.size() < size) png_error(p, "end of file");
    std::memcpy(out, from.data(), size);
    from = from.subspan(size);
  });
  png_read_png(png, info,
               PNG_TRANSFORM_PACKING |
                   (std::endian::native == std::endian::little ? PNG_TRANSFORM_SWAP_ENDIAN : PNG_TRANSFORM_IDENTITY),
               nullptr);
  const auto row_bytes = png_get_rowbytes(png, info);
  png_bytepp rows = png_get_rows(png, info);
  for (png_uint_32 y = 0; y < png_get_image_height(png, info); ++y) {
    const auto* row = reinterpret_cast<const std::byte*>(rows[y]);
    pixels.insert(pixels.end(), row, row + row_bytes);
  }
  png_destroy_read_struct(&png, &info, nullptr);
  return pixels;
}

std::vector<PngChunk> png_chunks(std::span<const std::byte> file) {
  std::vector<PngChunk> chunks;
  for (std::size_t at = 8; at + 12 <= file.size();) {
    const std::size_t length = u32_at(file, at);
    const auto data = file.subspan(at + 8, length);
    chunks.push_back({type_at(file, at + 4), Bytes(data.begin(), data.end())});
    at += 12 + length;
  }
  return chunks;
}

Bytes png_from_chunks(std::span<const PngChunk> chunks) {
  Bytes file = to_bytes("\x89PNG\r\n\x1a\n");
  for (const auto& chunk : chunks) {
    append_u32(file, static_cast<std::uint32_t>(chunk.data.size()));
    const std::size_t start = file.size();
    const Bytes type = to_bytes(chunk.type);
    file.insert(file.end(), type.begin(), type.end());
    file.insert(file.end(), chunk.data.begin(), chunk.data.end());
    append_u32(file, crc(std::span(file).subspan(start)));
  }
  return file;
}

Bytes with_chunk(std::span<const std::byte> file, const PngChunk& chunk, std::string_view before) {
  auto chunks = png_chunks(file);
  const auto at = std::find_if(chunks.begin(), chunks.end(), [&](const auto& c) { return c.type == before; });
  if (at == chunks.end()) throw std::runtime_error("no such chunk");
  chunks.insert(at, chunk);
  return png_from_chunks(chunks);
}

std::size_t chunk_offset(std::span<const std::byte> file, std::string_view type) {
  for (std::size_t at = 8; at + 12 <= file.size(); at += 12 + u32_at(file, at))
    if (type_at(file, at + 4) == type) return at;
  throw std::runtime_error("no such chunk");
}

Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

ListeningContext::ListeningContext() {
  context.on_warning = [this](std::string_view line) { warnings.emplace_back(line); };
  context.on_progress = [this](std::int64_t done, std::int64_t total) {
    rows_done.push_back(done);
    rows_total = total;
  };
}

}  // namespace imgbuf::test::png
