#include "bare_png.hpp"

#include <png.h>

#include <csetjmp>
#include <cstring>
#include <stdexcept>

namespace imgbuf::bench {

namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

void read_bytes(png_structp png, png_bytep out, std::size_t size) {
  auto* file = static_cast<std::span<const std::byte>*>(png_get_io_ptr(png));
  if (size > file->size()) png_error(png, "the file ends too early");
  std::memcpy(out, file->data(), size);
  *file = file->subspan(size);
}

void write_bytes(png_structp png, png_bytep data, std::size_t size) {
  auto* out = static_cast<std::vector<std::byte>*>(png_get_io_ptr(png));
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  out->insert(out->end(), bytes, bytes + size);
}

void flush(png_structp /*png*/) {}

// libpng leaves these two by longjmp: no C++ object lives in them.

bool try_decode(png_structp png, png_infop info, std::span<const std::byte>* file, const PixelRows& pixels) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, file, read_bytes);
  png_set_compression_buffer_size(png, buffer_bytes);
  png_read_info(png, info);
  const bool fits = png_get_image_width(png, info) == static_cast<png_uint_32>(pixels.width) &&
                    png_get_image_height(png, info) == static_cast<png_uint_32>(pixels.height) &&
                    png_get_rowbytes(png, info) == static_cast<std::size_t>(pixels.width) * 3;
  if (!fits) return false;
  png_read_image(png, reinterpret_cast<png_bytepp>(pixels.rows));
  png_read_end(png, nullptr);
  return true;
}

bool try_encode(png_structp png, png_infop info, std::vector<std::byte>* out, const PixelRows& pixels, int level) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_write_fn(png, out, write_bytes, flush);
  png_set_compression_level(png, level);
  png_set_compression_buffer_size(png, buffer_bytes);
  png_set_IHDR(png, info, static_cast<png_uint_32>(pixels.width), static_cast<png_uint_32>(pixels.height), 8,
               PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  png_write_image(png, reinterpret_cast<png_bytepp>(pixels.rows));
  png_write_end(png, nullptr);
  return true;
}

}  // namespace

void decode_png(std::span<const std::byte> file, const PixelRows& pixels) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  const bool ok = try_decode(png, info, &file, pixels);
  png_destroy_read_struct(&png, &info, nullptr);
  if (!ok) throw std::runtime_error("libpng cannot decode the picture");
}

void encode_png(const PixelRows& pixels, int level, std::vector<std::byte>& out) {
  out.clear();
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  const bool ok = try_encode(png, info, &out, pixels, level);
  png_destroy_write_struct(&png, &info);
  if (!ok) throw std::runtime_error("libpng cannot encode the picture");
}

}  // namespace imgbuf::bench
