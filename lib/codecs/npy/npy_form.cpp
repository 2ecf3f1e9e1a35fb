#include "codecs/npy/npy_form.hpp"

#include <string>

#include "codecs/lost_metadata.hpp"
#include "codecs/stored/number.hpp"
#include "codecs/stored/storable.hpp"

namespace imgbuf::codecs::npy {

namespace {

/// NumPy wants what precedes the elements to be a multiple of it, for maps.
constexpr std::size_t alignment = 64;
constexpr std::size_t prefix_bytes = 10;

std::string_view kind_and_bytes(ElementType type) noexcept {
  static constexpr std::string_view names[] = {"u1", "i1", "u2", "i2", "u4", "i4", "f2", "f4", "f8"};
  return names[static_cast<std::size_t>(type)];
}

std::string dictionary_text(const ImageInfo& info, Format format) {
  const char order = format.itemsize() == 1 ? '|' : format.byte_order() == ByteOrder::little ? '<' : '>';
  std::string text = "{'descr': '";
  text += order;
  text += kind_and_bytes(format.type());
  text += "', 'fortran_order': False, 'shape': (" + std::to_string(info.height) + ", " + std::to_string(info.width);
  if (info.channels() > 1) text += ", " + std::to_string(info.channels());
  text += "), }";
  text.append(alignment - 1 - (prefix_bytes + text.size()) % alignment, ' ');
  return text + "\n";
}

}  // namespace

PixelFormat nearest_storable(const ImageInfo& info) {
  PixelFormat pixel = without_palette(info);
  // An array does not say that some bits of its elements carry nothing, nor that colours are inks.
  const bool is_gray = pixel.color == ColorModel::gray;
  return PixelFormat::of(pixel.format.type(), is_gray ? ColorModel::gray : ColorModel::rgb, pixel.alpha);
}

bool can_store(const ImageInfo& info) {
  return !info.transparent_color && same_pixels(info.pixel, nearest_storable(info));
}

StoredForm make_form(const ImageInfo& info, const EncodeOptions& options, Context& context) {
  warn_of_lost_metadata("NPY", info.metadata, {}, context);
  StoredForm form;
  form.format = Format(info.pixel.format.type(), options.byte_order);
  const std::string text = dictionary_text(info, form.format);
  for (const int byte : {0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0}) form.header.push_back(static_cast<std::byte>(byte));
  append_number(form.header, text.size(), 2, ByteOrder::little);
  const auto bytes = std::as_bytes(std::span(text));
  form.header.insert(form.header.end(), bytes.begin(), bytes.end());
  return form;
}

}  // namespace imgbuf::codecs::npy
