#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imgbuf/format.hpp"
#include "unit/codecs/stored_testing.hpp"

namespace imgbuf::test {

/// A TIFF put together field by field, by no code of the library. Pixels come first in the file, then the directory.
class TiffFile {
 public:
  explicit TiffFile(ByteOrder order = ByteOrder::little, bool is_big = false) : order_(order), is_big_(is_big) {}

  /// Puts bytes into the file and returns where.
  std::uint64_t place(const Bytes& bytes);
  /// Types: 1 byte, 3 short, 4 long, 16 long8. A field that is there already is replaced.
  TiffFile& set(int tag, int type, std::vector<std::uint64_t> values);
  TiffFile& remove(int tag);
  /// Size, bits, photometric interpretation, samples, one strip.
  TiffFile& picture(std::uint64_t width, std::uint64_t height, std::uint64_t bits, std::uint64_t photometric,
                    std::uint64_t samples, const Bytes& pixels);
  /// Strips or, with a tile size, tiles in this order, each at a place of its own, the last one first in the file. Empty
  /// ones are left out of it.
  TiffFile& cells(const std::vector<Bytes>& cells, std::uint64_t tile_width = 0, std::uint64_t tile_height = 0);

  [[nodiscard]] Bytes bytes() const;
  [[nodiscard]] ByteOrder order() const noexcept { return order_; }
  /// Where the directory after the first is said to be.
  std::uint64_t next_directory = 0;

 private:
  struct Field {
    int tag;
    int type;
    std::vector<std::uint64_t> values;
  };

  ByteOrder order_;
  bool is_big_;
  Bytes data_;
  std::vector<Field> fields_;
};

/// Numbers as bytes of an order.
[[nodiscard]] Bytes numbers(std::initializer_list<std::uint64_t> values, std::size_t bytes_each, ByteOrder order);

}  // namespace imgbuf::test
