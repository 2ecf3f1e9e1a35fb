#include "codecs/png/png_input.hpp"

#include <algorithm>

#include "codecs/png/png_zlib.hpp"

namespace imgbuf::codecs::png {

void Input::connect(png_structp png) noexcept {
  png_set_read_fn(png, this, &Input::on_read);
  png_set_read_user_chunk_fn(png, this, &Input::on_chunk);
  // All that libpng knows but needs not for the pixels, and all that it does not know.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_ALWAYS, nullptr, -1);
}

void Input::on_read(png_structp png, png_bytep out, std::size_t size) {
  auto* input = static_cast<Input*>(png_get_io_ptr(png));
  // No C++ object may live in this frame when png_error leaves it.
  if (!input->read(png_get_io_state(png), {reinterpret_cast<std::byte*>(out), size}))
    png_error(png, "the file ends too early");
}

int Input::on_chunk(png_structp png, png_unknown_chunkp chunk) {
  auto* input = static_cast<Input*>(png_get_user_chunk_ptr(png));
  // 0 leaves the chunk to libpng, which fails for a critical one; negative is an error; positive: done with it.
  if (!is_ancillary(read_u32(std::as_bytes(std::span(chunk->name).first<4>())))) return 0;
  return input->take_chunk(*chunk) ? 1 : -1;
}

bool Input::read(std::uint32_t io_state, std::span<std::byte> out) noexcept {
  try {
    if (source_.read(out) < out.size()) {
      has_ended_ = true;
      return false;
    }
  } catch (...) {
    trouble_.keep_exception();
    return false;
  }
  const std::uint32_t location = io_state & PNG_IO_MASK_LOC;
  if (location == PNG_IO_CHUNK_HDR && out.size() == 8) {
    const std::uint32_t length = read_u32(out);
    chunk_bytes_left_ = std::uint64_t{length} + crc_.size();
    return keep_errors([&] { metadata_.begin(read_u32(out.subspan(4)), length); });
  }
  chunk_bytes_left_ -= std::min<std::uint64_t>(out.size(), chunk_bytes_left_);
  if (location == PNG_IO_CHUNK_CRC) std::copy_n(out.begin(), std::min(out.size(), crc_.size()), crc_.begin());
  return true;
}

bool Input::take_chunk(const png_unknown_chunk& chunk) noexcept {
  return keep_errors([&] {
    const ChunkType type = read_u32(std::as_bytes(std::span(chunk.name).first<4>()));
    const std::span data(reinterpret_cast<const std::byte*>(chunk.data), chunk.size);
    // libpng hands over ancillary chunks with a wrong CRC too, after a warning.
    if (chunk_crc(type, data) == read_u32(crc_))
      metadata_.take(type, data);
    else
      metadata_.leave_out(type);
  });
}

bool Input::keep_errors(auto&& action) noexcept {
  try {
    try {
      action();
      return true;
    } catch (const Error& error) {
      throw error.within(source_.name());
    }
  } catch (...) {
    trouble_.keep_exception();
    return false;
  }
}

}  // namespace imgbuf::codecs::png
