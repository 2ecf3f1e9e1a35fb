// Decodes a picture into row pointers, inverts its centre in place, and writes it: negative_center IN OUT
#include <cstdint>
#include <iostream>

#include "imgbuf/imgbuf.hpp"

namespace {

// Stands for any code that wants an array of row pointers.
void invert(std::byte** rows, std::size_t row_count, std::size_t row_bytes) {
  for (std::size_t y = 0; y < row_count; ++y)
    for (std::size_t x = 0; x < row_bytes; ++x) rows[y][x] = ~rows[y][x];
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) return 2;
  const imgbuf::Image image = imgbuf::decode(argv[1], {.expand = true}, imgbuf::Arrangement::rows());
  const imgbuf::ImageInfo& info = image.info();

  // A crop is a view of the same rows: nothing is copied.
  const imgbuf::AnyView center =
      image.view().window(0, info.height / 4, info.height / 2).window(1, info.width / 4, info.width / 2);

  auto rows = imgbuf::row_pointers(center);
  invert(rows.data(), rows.size(), static_cast<std::size_t>(center.extent(1) * info.pixel.bytes_per_pixel()));

  imgbuf::encode(image, argv[2]);
} catch (const imgbuf::Error& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
