#include "bare_jpeg.hpp"

#include <csetjmp>
#include <cstdlib>
#include <stdexcept>

// jpeglib.h uses size_t and FILE without declaring them.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

namespace imgbuf::bench {

namespace {

struct ErrorManager {
  jpeg_error_mgr hook{};
  std::jmp_buf jump{};
};

[[noreturn]] void leave(j_common_ptr cinfo) {
  std::longjmp(reinterpret_cast<ErrorManager*>(cinfo->err)->jump, 1);
}

void say_nothing(j_common_ptr /*cinfo*/) {}

jpeg_error_mgr* prepare(ErrorManager& errors) {
  jpeg_std_error(&errors.hook);
  errors.hook.error_exit = leave;
  errors.hook.output_message = say_nothing;
  return &errors.hook;
}

constexpr JDIMENSION rows_per_call = 16;

// libjpeg leaves these two by longjmp: no C++ object lives in them.

bool try_decode(jpeg_decompress_struct* cinfo, ErrorManager* errors, const std::byte* file, std::size_t bytes,
                const PixelRows* pixels) {
  if (setjmp(errors->jump) != 0) return false;
  jpeg_create_decompress(cinfo);
  jpeg_mem_src(cinfo, reinterpret_cast<const unsigned char*>(file), bytes);
  jpeg_read_header(cinfo, TRUE);
  if (cinfo->image_width != static_cast<JDIMENSION>(pixels->width) ||
      cinfo->image_height != static_cast<JDIMENSION>(pixels->height) || cinfo->num_components != 3)
    return false;
  jpeg_start_decompress(cinfo);
  while (cinfo->output_scanline < cinfo->output_height) {
    const JDIMENSION left = cinfo->output_height - cinfo->output_scanline;
    jpeg_read_scanlines(cinfo, reinterpret_cast<JSAMPARRAY>(pixels->rows + cinfo->output_scanline),
                        left < rows_per_call ? left : rows_per_call);
  }
  jpeg_finish_decompress(cinfo);
  return true;
}

bool try_encode(jpeg_compress_struct* cinfo, ErrorManager* errors, const PixelRows* pixels, int quality,
                unsigned char** out, unsigned long* bytes) {
  if (setjmp(errors->jump) != 0) return false;
  jpeg_create_compress(cinfo);
  jpeg_mem_dest(cinfo, out, bytes);
  cinfo->image_width = static_cast<JDIMENSION>(pixels->width);
  cinfo->image_height = static_cast<JDIMENSION>(pixels->height);
  cinfo->input_components = 3;
  cinfo->in_color_space = JCS_RGB;
  jpeg_set_defaults(cinfo);
  jpeg_set_quality(cinfo, quality, FALSE);
  jpeg_start_compress(cinfo, TRUE);
  while (cinfo->next_scanline < cinfo->image_height) {
    const JDIMENSION left = cinfo->image_height - cinfo->next_scanline;
    jpeg_write_scanlines(cinfo, reinterpret_cast<JSAMPARRAY>(pixels->rows + cinfo->next_scanline),
                         left < rows_per_call ? left : rows_per_call);
  }
  jpeg_finish_compress(cinfo);
  return true;
}

}  // namespace

void decode_jpeg(std::span<const std::byte> file, const PixelRows& pixels) {
  ErrorManager errors;
  jpeg_decompress_struct cinfo{};
  cinfo.err = prepare(errors);
  const bool ok = try_decode(&cinfo, &errors, file.data(), file.size(), &pixels);
  jpeg_destroy_decompress(&cinfo);
  if (!ok) throw std::runtime_error("libjpeg cannot decode the picture");
}

std::span<std::byte> encode_jpeg(const PixelRows& pixels, int quality, std::span<std::byte> out) {
  ErrorManager errors;
  jpeg_compress_struct cinfo{};
  cinfo.err = prepare(errors);
  auto* const room = reinterpret_cast<unsigned char*>(out.data());
  unsigned char* file = room;
  unsigned long bytes = out.size();
  const bool ok = try_encode(&cinfo, &errors, &pixels, quality, &file, &bytes);
  jpeg_destroy_compress(&cinfo);
  if (file != room) std::free(file);  // libjpeg has gone on in memory of its own
  if (!ok || file != room) throw std::runtime_error("libjpeg cannot encode the picture into the memory given");
  return out.first(bytes);
}

std::size_t roomy_jpeg_bytes(const PixelRows& pixels) {
  return static_cast<std::size_t>(pixels.width * pixels.height) * 3 + std::size_t{64} * 1024;
}

}  // namespace imgbuf::bench
