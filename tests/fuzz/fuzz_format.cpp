#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "finding.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/item_format.hpp"

namespace imgbuf::fuzz {

namespace {

std::optional<ItemFormat> read(std::string_view text) {
  try {
    return ItemFormat::parse(text);
  } catch (const Error& error) {
    const std::string_view message = error.what();
    require(error.code() == ErrorCode::unsupported, "a format is refused as unsupported");
    require(message.size() < 300 && message.find('\n') == std::string_view::npos, "a message is one short line");
    return {};
  }
}

bool is_scalar(std::string_view text) {
  try {
    (void)Format::parse(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void check_axes(const ItemFormat& item) {
  require(item.axes.size() <= 64, "an item has no more axes than a layout");
  __extension__ __int128 bytes = item.format.itemsize();
  for (const ItemAxis& axis : item.axes) {
    require(axis.extent >= 1, "an axis has an element");
    require(axis.names.empty() || static_cast<std::ptrdiff_t>(axis.names.size()) == axis.extent,
            "every index has a name or none has");
    bytes *= axis.extent;
    require(bytes <= PTRDIFF_MAX, "the bytes of an item fit");
  }
  require(bytes == item.itemsize(), "an item has the bytes of its elements");
}

void check_import(std::string_view text, const ItemFormat& item) {
  const std::ptrdiff_t shape[] = {2, 3};
  const std::ptrdiff_t no_strides[] = {0, 0};
  try {
    const ImportedBuffer imported = import_buffer(shape, no_strides, {}, text, item.itemsize());
    require(imported.layout.rank() == 2 + static_cast<int>(item.axes.size()), "the item's axes come last");
    Layout inside = imported.layout.index(0, 1).layout.index(0, 2).layout;
    require(is_c_contiguous(inside, item.format.itemsize()), "an item's elements lie side by side");
    require(reached_bytes(inside, 0, item.format.itemsize()).size() == item.itemsize(), "and fill the item");
  } catch (const Error& error) {
    require(error.code() == ErrorCode::invalid_layout, "a format that is read is refused for its size alone");
  }
}

void check_format(std::string_view text) {
  const std::optional<ItemFormat> item = read(text);
  require(is_scalar(text) == (item && item->axes.empty()), "a scalar is an item without axes");
  if (!item) return;
  check_axes(*item);
  const std::string canonical = item->pep3118();
  require(canonical.size() <= 2 * text.size() + 8, "the canonical spelling is no longer than it needs to be");
  const std::optional<ItemFormat> again = read(canonical);
  // Names may make it longer than what is read.
  require(again ? *again == *item : canonical.size() > 65536, "the canonical spelling is read back as the same");
  check_import(text, *item);
}

}  // namespace

}  // namespace imgbuf::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  imgbuf::fuzz::check_format({reinterpret_cast<const char*>(data), size});
  return 0;
}
