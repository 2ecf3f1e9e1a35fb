#include "python/image_info.hpp"

#include <pybind11/stl.h>

#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/texts.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

constexpr double hundred_thousand = 100000;

py::object python_class(const char* name) {
  return py::module_::import("imgbuf._info").attr(name);
}

template <class Value>
struct Named {
  Value value;
  std::string_view name;
};

constexpr std::array<Named<Resolution::Unit>, 4> units{{{Resolution::Unit::unit_less, ""},
                                                        {Resolution::Unit::per_metre, "metre"},
                                                        {Resolution::Unit::per_centimetre, "centimetre"},
                                                        {Resolution::Unit::per_inch, "inch"}}};
constexpr std::array<Named<TextEntry::Encoding>, 3> encodings{{{TextEntry::Encoding::latin1, "latin1"},
                                                               {TextEntry::Encoding::utf8, "utf8"},
                                                               {TextEntry::Encoding::unknown, "unknown"}}};
constexpr std::array<ColorModel, 4> colors{ColorModel::gray, ColorModel::rgb, ColorModel::cmyk, ColorModel::palette};
constexpr std::array<ElementType, 9> element_types{ElementType::u8,  ElementType::i8,  ElementType::u16,
                                                   ElementType::i16, ElementType::u32, ElementType::i32,
                                                   ElementType::f16, ElementType::f32, ElementType::f64};

template <class Value, std::size_t n>
std::string_view name_of(const std::array<Named<Value>, n>& table, Value value) {
  for (const Named<Value>& entry : table)
    if (entry.value == value) return entry.name;
  return {};
}

// To Python.

py::object bytes_or_none(const Blob& blob) {
  if (blob.empty()) return py::none();
  return py::bytes(reinterpret_cast<const char*>(blob.data()), blob.size());
}

py::object resolution_or_none(const std::optional<Resolution>& resolution) {
  if (!resolution) return py::none();
  return python_class("Resolution")(resolution->x, resolution->y, std::string(name_of(units, resolution->unit)));
}

py::object chromaticities_or_none(const std::optional<Chromaticities>& chromaticities) {
  if (!chromaticities) return py::none();
  py::tuple values(chromaticities->xy_100000.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = py::float_(chromaticities->xy_100000[i] / hundred_thousand);
  return values;
}

py::tuple text_tuple(const std::vector<TextEntry>& entries) {
  const py::object make = python_class("TextEntry");
  py::tuple values(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const TextEntry& entry = entries[i];
    const bool is_latin1 = entry.encoding == TextEntry::Encoding::latin1;
    // A keyword of PNG is Latin-1 whatever its text is.
    values[i] =
        make(latin1_to_python(entry.keyword), is_latin1 ? latin1_to_python(entry.text) : utf8_to_python(entry.text),
             std::string(name_of(encodings, entry.encoding)), entry.compressed, utf8_to_python(entry.language),
             utf8_to_python(entry.translated_keyword));
  }
  return values;
}

py::tuple palette_tuple(const std::vector<PaletteEntry>& palette) {
  py::tuple values(palette.size());
  for (std::size_t i = 0; i < palette.size(); ++i)
    values[i] = py::make_tuple(palette[i].red, palette[i].green, palette[i].blue, palette[i].alpha);
  return values;
}

py::object file_to_python(const FileInfo& file) {
  return python_class("FileInfo")(file.format, file.color_type, file.bit_depth, file.interlaced, file.progressive,
                                  file.arithmetic_coding, file.subsampling.to_string());
}

py::dict fields_of(const ImageInfo& info) {
  const Metadata& metadata = info.metadata;
  py::dict fields;
  fields["width"] = info.width;
  fields["height"] = info.height;
  fields["color"] = std::string(to_string(info.pixel.color));
  fields["alpha"] = info.pixel.alpha;
  fields["element_type"] = std::string(to_string(info.pixel.format.type()));
  fields["bit_depth"] = info.pixel.bit_depth;
  fields["palette"] = palette_tuple(info.palette);
  if (const auto& color = info.transparent_color) {
    const bool is_gray = info.pixel.color == ColorModel::gray;
    fields["transparent_color"] = py::make_tuple((*color)[0], (*color)[is_gray ? 0 : 1], (*color)[is_gray ? 0 : 2]);
  }
  fields["icc"] = bytes_or_none(metadata.icc);
  fields["icc_name"] = latin1_to_python(metadata.icc_name);
  fields["exif"] = bytes_or_none(metadata.exif);
  fields["xmp"] = bytes_or_none(metadata.xmp);
  fields["xmp_extended"] = bytes_or_none(metadata.xmp_extended);
  fields["xmp_extended_guid"] = latin1_to_python(metadata.xmp_extended_guid);
  fields["photoshop"] = bytes_or_none(metadata.photoshop);
  fields["resolution"] = resolution_or_none(metadata.resolution);
  if (metadata.gamma_100000) fields["gamma"] = *metadata.gamma_100000 / hundred_thousand;
  fields["chromaticities"] = chromaticities_or_none(metadata.chromaticities);
  if (metadata.srgb_intent) fields["srgb_intent"] = *metadata.srgb_intent;
  fields["text"] = text_tuple(metadata.text);
  py::tuple not_carried(metadata.not_carried.size());
  for (std::size_t i = 0; i < not_carried.size(); ++i) not_carried[i] = utf8_to_python(metadata.not_carried[i]);
  fields["not_carried"] = not_carried;
  fields["file"] = file_to_python(info.file);
  return fields;
}

// From Python.

[[noreturn]] void no_value(const std::string& field, const std::string& reason) {
  throw Error(ErrorCode::invalid_argument, "an info's " + field + " " + reason);
}

template <class T>
T cast_field(const py::handle& value, const std::string& field) {
  try {
    return value.cast<T>();
  } catch (const py::cast_error&) {
    throw py::type_error("an info's " + field + " cannot be " + py::repr(value).cast<std::string>());
  }
}

template <class Value, std::size_t n>
Value value_of(const std::array<Named<Value>, n>& table, const py::handle& value, const std::string& field) {
  const auto name = cast_field<std::string>(value, field);
  std::string known;
  for (const Named<Value>& entry : table) {
    if (entry.name == name) return entry.value;
    known += (known.empty() ? "'" : ", '") + std::string(entry.name) + "'";
  }
  no_value(field, "is one of " + known + ", not '" + name + "'");
}

template <class Value, std::size_t n>
Value value_of(const std::array<Value, n>& values, const py::handle& value, const std::string& field) {
  const auto name = cast_field<std::string>(value, field);
  for (const Value candidate : values)
    if (to_string(candidate) == name) return candidate;
  no_value(field, "cannot be '" + name + "'");
}

/// Reads the fields of an `imgbuf.ImageInfo`.
class InfoReader {
 public:
  explicit InfoReader(const py::object& info) : info_(info) {}

  [[nodiscard]] py::object operator[](const char* field) const { return info_.attr(field); }

  template <class T>
  [[nodiscard]] T value(const char* field) const {
    return cast_field<T>(info_.attr(field), field);
  }

  [[nodiscard]] std::int64_t integer(const char* field, std::int64_t least, std::int64_t most) const {
    return checked(info_.attr(field), field, least, most);
  }

  [[nodiscard]] static std::int64_t checked(const py::handle& value, const std::string& field, std::int64_t least,
                                            std::int64_t most) {
    const auto number = cast_field<std::int64_t>(value, field);
    if (number < least || number > most)
      no_value(field, "runs from " + std::to_string(least) + " to " + std::to_string(most) + ": not " +
                          std::to_string(number));
    return number;
  }

  [[nodiscard]] Blob bytes(const char* field) const {
    const py::object value = info_.attr(field);
    if (value.is_none()) return {};
    const HeldBuffer buffer(value);
    return Blob(buffer.bytes().begin(), buffer.bytes().end());
  }

  /// A number times 100000, as the files have it.
  [[nodiscard]] static std::int32_t times_100000(const py::handle& value, const std::string& field) {
    const double scaled = std::round(cast_field<double>(value, field) * hundred_thousand);
    if (!(std::abs(scaled) <= std::numeric_limits<std::int32_t>::max())) no_value(field, "is out of range");
    return static_cast<std::int32_t>(scaled);
  }

 private:
  const py::object& info_;
};

std::vector<py::object> items(const py::handle& sequence, const std::string& field) {
  return cast_field<std::vector<py::object>>(sequence, field);
}

std::vector<PaletteEntry> palette_of(const py::handle& value) {
  constexpr std::size_t most_entries = 256;
  std::vector<PaletteEntry> palette;
  for (const py::object& entry : items(value, "palette")) {
    const auto samples = items(entry, "palette");
    if (samples.size() != 3 && samples.size() != 4) no_value("palette", "has entries of 3 or 4 samples");
    std::array<std::uint8_t, 4> rgba{0, 0, 0, 255};
    for (std::size_t i = 0; i < samples.size(); ++i)
      rgba[i] = static_cast<std::uint8_t>(InfoReader::checked(samples[i], "palette", 0, 255));
    palette.push_back({rgba[0], rgba[1], rgba[2], rgba[3]});
  }
  if (palette.size() > most_entries) no_value("palette", "has at most 256 entries");
  return palette;
}

std::optional<TransparentColor> transparent_color_of(const py::handle& value) {
  if (value.is_none()) return std::nullopt;
  const auto samples = items(value, "transparent_color");
  TransparentColor color{};
  if (samples.size() != color.size()) no_value("transparent_color", "has 3 samples");
  for (std::size_t i = 0; i < color.size(); ++i)
    color[i] = static_cast<std::uint16_t>(InfoReader::checked(samples[i], "transparent_color", 0, 65535));
  return color;
}

std::optional<Chromaticities> chromaticities_of(const py::handle& value) {
  if (value.is_none()) return std::nullopt;
  const auto numbers = items(value, "chromaticities");
  Chromaticities result;
  if (numbers.size() != result.xy_100000.size()) no_value("chromaticities", "are 8 numbers");
  for (std::size_t i = 0; i < numbers.size(); ++i)
    result.xy_100000[i] = InfoReader::times_100000(numbers[i], "chromaticities");
  return result;
}

std::vector<TextEntry> text_of(const py::handle& value) {
  std::vector<TextEntry> entries;
  for (const py::object& item : items(value, "text")) {
    if (!py::isinstance(item, python_class("TextEntry")))
      throw py::type_error("an info's text is a tuple of imgbuf.TextEntry");
    TextEntry entry;
    entry.encoding = value_of(encodings, item.attr("encoding"), "text's encoding");
    entry.keyword = latin1_of(item.attr("keyword"));
    entry.text =
        entry.encoding == TextEntry::Encoding::latin1 ? latin1_of(item.attr("text")) : utf8_of(item.attr("text"));
    entry.compressed = cast_field<bool>(item.attr("compressed"), "text's compressed");
    entry.language = utf8_of(item.attr("language"));
    entry.translated_keyword = utf8_of(item.attr("translated_keyword"));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Metadata metadata_of(const InfoReader& info) {
  Metadata metadata;
  metadata.icc = info.bytes("icc");
  metadata.icc_name = latin1_of(info["icc_name"]);
  metadata.exif = info.bytes("exif");
  metadata.xmp = info.bytes("xmp");
  metadata.xmp_extended = info.bytes("xmp_extended");
  metadata.xmp_extended_guid = latin1_of(info["xmp_extended_guid"]);
  metadata.photoshop = info.bytes("photoshop");
  metadata.resolution = resolution_from_python(info["resolution"]);
  if (const py::object gamma = info["gamma"]; !gamma.is_none()) {
    const std::int32_t scaled = InfoReader::times_100000(gamma, "gamma");
    if (scaled <= 0) no_value("gamma", "is more than 0");
    metadata.gamma_100000 = static_cast<std::uint32_t>(scaled);
  }
  metadata.chromaticities = chromaticities_of(info["chromaticities"]);
  if (!info["srgb_intent"].is_none()) metadata.srgb_intent = static_cast<int>(info.integer("srgb_intent", 0, 3));
  metadata.text = text_of(info["text"]);
  for (const py::object& phrase : items(info["not_carried"], "not_carried"))
    metadata.not_carried.push_back(utf8_of(phrase));
  return metadata;
}

}  // namespace

py::object to_python(const ImageInfo& info) {
  return python_class("ImageInfo")(**fields_of(info));
}

py::object to_python(const ImageInfo& info, std::int64_t scratch_bytes) {
  return python_class("DecodedInfo")(**fields_of(info), py::arg("scratch_bytes") = scratch_bytes);
}

std::optional<Resolution> resolution_from_python(const py::handle& value) {
  if (value.is_none()) return std::nullopt;
  const auto parts = items(value, "resolution");
  if (parts.size() != 2 && parts.size() != 3) no_value("resolution", "is (x, y, unit)");
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return Resolution{static_cast<std::uint32_t>(InfoReader::checked(parts[0], "resolution", 0, most)),
                    static_cast<std::uint32_t>(InfoReader::checked(parts[1], "resolution", 0, most)),
                    parts.size() == 3 ? value_of(units, parts[2], "resolution") : Resolution::Unit::per_inch};
}

ImageInfo info_from_python(const py::object& value) {
  if (!py::isinstance(value, python_class("ImageInfo")))
    throw py::type_error("an info is an imgbuf.ImageInfo, not " +
                         py::str(py::type::of(value).attr("__name__")).cast<std::string>());
  const InfoReader reader(value);
  ImageInfo info;
  info.width = static_cast<std::ptrdiff_t>(reader.integer("width", 0, PTRDIFF_MAX));
  info.height = static_cast<std::ptrdiff_t>(reader.integer("height", 0, PTRDIFF_MAX));
  info.pixel = PixelFormat::of(value_of(element_types, reader["element_type"], "element_type"),
                               value_of(colors, reader["color"], "color"), reader.value<bool>("alpha"));
  info.pixel.bit_depth = static_cast<int>(reader.integer("bit_depth", 1, info.pixel.bit_depth));
  info.palette = palette_of(reader["palette"]);
  info.transparent_color = transparent_color_of(reader["transparent_color"]);
  info.metadata = metadata_of(reader);
  return info;
}

}  // namespace imgbuf::python
