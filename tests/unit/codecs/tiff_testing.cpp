#include "unit/codecs/tiff_testing.hpp"

#include <algorithm>

namespace imgbuf::test {

namespace {

void append(Bytes& out, std::uint64_t value, std::size_t bytes, ByteOrder order) {
  for (std::size_t i = 0; i < bytes; ++i) {
    const std::size_t shift = 8 * (order == ByteOrder::little ? i : bytes - 1 - i);
    out.push_back(static_cast<std::byte>(value >> shift & 0xff));
  }
}

std::size_t type_bytes(int type) {
  return type == 3 ? 2 : type == 4 || type == 9 || type == 11 ? 4 : type == 5 || type == 16 ? 8 : 1;
}

}  // namespace

Bytes numbers(std::initializer_list<std::uint64_t> values, std::size_t bytes_each, ByteOrder order) {
  Bytes bytes;
  for (const std::uint64_t value : values) append(bytes, value, bytes_each, order);
  return bytes;
}

std::uint64_t TiffFile::place(const Bytes& bytes) {
  const std::uint64_t at = (is_big_ ? 16 : 8) + data_.size();
  data_.insert(data_.end(), bytes.begin(), bytes.end());
  return at;
}

TiffFile& TiffFile::remove(int tag) {
  std::erase_if(fields_, [tag](const Field& field) { return field.tag == tag; });
  return *this;
}

TiffFile& TiffFile::set(int tag, int type, std::vector<std::uint64_t> values) {
  remove(tag);
  fields_.push_back({tag, type, std::move(values)});
  std::sort(fields_.begin(), fields_.end(), [](const Field& a, const Field& b) { return a.tag < b.tag; });
  return *this;
}

TiffFile& TiffFile::picture(std::uint64_t width, std::uint64_t height, std::uint64_t bits, std::uint64_t photometric,
                            std::uint64_t samples, const Bytes& pixels) {
  set(256, 4, {width}).set(257, 4, {height}).set(258, 3, std::vector<std::uint64_t>(samples, bits));
  set(259, 3, {1}).set(262, 3, {photometric}).set(277, 3, {samples});
  return cells({pixels}).set(278, 4, {height});
}

TiffFile& TiffFile::cells(const std::vector<Bytes>& cells, std::uint64_t tile_width, std::uint64_t tile_height) {
  std::vector<std::uint64_t> offsets(cells.size());
  std::vector<std::uint64_t> sizes(cells.size());
  for (std::size_t i = cells.size(); i-- > 0;) {
    if (cells[i].empty()) continue;
    offsets[i] = place(cells[i]);
    sizes[i] = cells[i].size();
    if (cells.size() > 1) (void)place(bytes_of({0xee}));  // nothing is aligned, and no two cells adjoin
  }
  const bool has_tiles = tile_width != 0;
  const int type = is_big_ ? 16 : 4;
  if (has_tiles) remove(273).remove(278).remove(279).set(322, 4, {tile_width}).set(323, 4, {tile_height});
  return set(has_tiles ? 324 : 273, type, offsets).set(has_tiles ? 325 : 279, type, sizes);
}

Bytes TiffFile::bytes() const {
  const std::size_t number = is_big_ ? 8 : 4;
  Bytes file = to_bytes(order_ == ByteOrder::little ? "II" : "MM");
  append(file, is_big_ ? 43 : 42, 2, order_);
  if (is_big_) append(file, 8, 2, order_);
  if (is_big_) append(file, 0, 2, order_);
  const std::uint64_t directory = file.size() + number + data_.size();
  append(file, directory, number, order_);
  file.insert(file.end(), data_.begin(), data_.end());
  append(file, fields_.size(), is_big_ ? 8 : 2, order_);
  const std::uint64_t outside = file.size() + fields_.size() * (4 + 2 * number) + number;
  Bytes values;
  for (const Field& field : fields_) {
    Bytes value;
    for (const std::uint64_t v : field.values) append(value, v, type_bytes(field.type), order_);
    append(file, static_cast<std::uint64_t>(field.tag), 2, order_);
    append(file, static_cast<std::uint64_t>(field.type), 2, order_);
    append(file, field.values.size(), number, order_);
    if (value.size() > number) {
      append(file, outside + values.size(), number, order_);
      values.insert(values.end(), value.begin(), value.end());
    } else {
      value.resize(number);
      file.insert(file.end(), value.begin(), value.end());
    }
  }
  append(file, next_directory, number, order_);
  file.insert(file.end(), values.begin(), values.end());
  return file;
}

}  // namespace imgbuf::test
