#include "codecs/tiff/tiff_form.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "codecs/lost_metadata.hpp"
#include "codecs/stored/number.hpp"
#include "codecs/stored/packed_bits.hpp"
#include "codecs/stored/storable.hpp"
#include "codecs/tiff/tiff_fields.hpp"
#include "codecs/tiff/tiff_texts.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/photoshop.hpp"

namespace imgbuf::codecs::tiff {

namespace {

/// Strips of which a reader needs little memory.
constexpr std::uint64_t strip_bytes = 64 * 1024;
/// Where the pixels begin, so that elements in a map are aligned.
constexpr std::uint64_t pixel_alignment = 64;

SampleFormat sample_format_of(ElementType type) noexcept {
  if (is_floating_point(type)) return floating_point;
  const bool is_signed = type == ElementType::i8 || type == ElementType::i16 || type == ElementType::i32;
  return is_signed ? signed_integer : unsigned_integer;
}

Photometric photometric_of(ColorModel color) noexcept {
  switch (color) {
    case ColorModel::rgb:
      return rgb;
    case ColorModel::palette:
      return palette;
    case ColorModel::cmyk:
      return separated;
    default:
      return min_is_black;
  }
}

/// Bits of a sample in the file: gray and indices of few bits are packed.
int bits_of(const PixelFormat& pixel) noexcept {
  const bool is_packed = pixel.color == ColorModel::palette || is_packed_gray(pixel);
  if (!is_packed || pixel.bit_depth > 4) return static_cast<int>(8 * pixel.format.itemsize());
  return pixel.bit_depth == 3 ? 4 : pixel.bit_depth;
}

std::uint64_t stored_row_bytes(const ImageInfo& info) noexcept {
  const auto bits = static_cast<std::uint64_t>(bits_of(info.pixel) * info.channels());
  return (static_cast<std::uint64_t>(info.width) * bits + 7) / 8;
}

/// Red of all entries, then green, then blue; what the picture has no entry for is black.
std::vector<std::uint64_t> color_map_of(const std::vector<PaletteEntry>& entries, std::size_t count) {
  std::vector<std::uint64_t> values(3 * count);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    values[i] = entries[i].red * 257U;
    values[count + i] = entries[i].green * 257U;
    values[2 * count + i] = entries[i].blue * 257U;
  }
  return values;
}

void add_pixel_fields(const ImageInfo& info, const FieldMaker& make, std::vector<FieldValue>& fields) {
  const auto channels = static_cast<std::size_t>(info.channels());
  const auto for_all = [&](Tag tag, std::uint64_t value) {
    fields.push_back(make.numbers(tag, type_short, std::vector<std::uint64_t>(channels, value)));
  };
  fields.push_back(make.number(image_width, type_long, static_cast<std::uint64_t>(info.width)));
  fields.push_back(make.number(image_length, type_long, static_cast<std::uint64_t>(info.height)));
  for_all(bits_per_sample, static_cast<std::uint64_t>(bits_of(info.pixel)));
  for_all(sample_format, sample_format_of(info.pixel.format.type()));
  fields.push_back(make.number(compression, type_short, 1));
  fields.push_back(make.number(photometric_interpretation, type_short, photometric_of(info.pixel.color)));
  fields.push_back(make.number(samples_per_pixel, type_short, channels));
  fields.push_back(make.number(planar_configuration, type_short, 1));
  if (info.pixel.alpha) fields.push_back(make.number(extra_samples, type_short, unassociated_alpha));
  if (info.pixel.color == ColorModel::palette)
    fields.push_back(
        make.numbers(color_map, type_short, color_map_of(info.palette, std::size_t{1} << bits_of(info.pixel))));
}

/// Whether two fields hold the same text, but for zeros behind it.
bool is_same_text(const FieldValue& a, const FieldValue& b) {
  const auto text = [](const FieldValue& field) {
    const std::string_view all(reinterpret_cast<const char*>(field.bytes.data()), field.bytes.size());
    return all.substr(0, all.find_last_not_of('\0') + 1);
  };
  return text(a) == text(b);
}

/// Texts with a tag of their own, and a comment where there is no description; the others are warned of, as are those that
/// EXIF has otherwise.
void add_texts(const Metadata& metadata, const Exif& exif, const Context& context, std::vector<FieldValue>& fields) {
  static_assert(text_tags.front().tag == image_description);
  const auto in_exif = [&exif](std::uint16_t tag) {
    return std::find_if(exif.root.begin(), exif.root.end(),
                        [tag](const FieldValue& field) { return field.tag == tag; });
  };
  const bool has_description = in_exif(image_description) != exif.root.end() ||
                               std::any_of(metadata.text.begin(), metadata.text.end(), [](const TextEntry& entry) {
                                 return entry.keyword == text_tags.front().keyword;
                               });
  for (const TextEntry& entry : metadata.text) {
    const bool is_comment = entry.keyword == "Comment" && !has_description;
    const std::string_view keyword = is_comment ? text_tags.front().keyword : std::string_view(entry.keyword);
    const auto* const known =
        std::find_if(text_tags.begin(), text_tags.end(), [&](const TextTag& text) { return text.keyword == keyword; });
    const auto has_tag = [&](const FieldValue& field) { return field.tag == known->tag; };
    if (known == text_tags.end() || std::any_of(fields.begin(), fields.end(), has_tag)) {
      context.warn("TIFF cannot hold the text '" + entry.keyword + "'");
      continue;
    }
    if (!entry.language.empty() || !entry.translated_keyword.empty())
      context.warn("TIFF cannot hold the language of the text '" + entry.keyword + "'");
    FieldValue field = FieldMaker::text(known->tag, utf8_text(entry));
    const auto same = in_exif(known->tag);
    if (same == exif.root.end())
      fields.push_back(std::move(field));
    else if (!is_same_text(*same, field))
      context.warn("TIFF cannot hold the text '" + entry.keyword + "' beside EXIF's");
  }
}

/// TIFF has them without a sign.
void add_chromaticities(const Metadata& metadata, const FieldMaker& make, const Context& context,
                        std::vector<FieldValue>& fields) {
  if (!metadata.chromaticities) return;
  const auto& xy = metadata.chromaticities->xy_100000;
  if (std::any_of(xy.begin(), xy.end(), [](std::int32_t value) { return value < 0 || value > 100000; })) {
    context.warn("TIFF cannot hold chromaticities that are negative or more than 1");
    return;
  }
  FieldValue white = make.rational(white_point, static_cast<std::uint32_t>(xy[0]), 100000);
  FieldValue primaries = make.rational(primary_chromaticities, static_cast<std::uint32_t>(xy[2]), 100000);
  const auto append = [&](FieldValue& field, std::int32_t value) {
    const FieldValue more = make.rational(white_point, static_cast<std::uint32_t>(value), 100000);
    field.bytes.insert(field.bytes.end(), more.bytes.begin(), more.bytes.end());
    ++field.count;
  };
  append(white, xy[1]);
  for (const std::int32_t value : std::span(xy).subspan(3)) append(primaries, value);
  fields.push_back(std::move(white));
  fields.push_back(std::move(primaries));
}

void add_metadata(const ImageInfo& info, const Exif& exif, const FieldMaker& make, const Context& context,
                  std::vector<FieldValue>& fields) {
  const Metadata& metadata = info.metadata;
  if (const Blob icc = fitting_profile(metadata, info.pixel.color, context); !icc.empty())
    fields.push_back(FieldMaker::blob(icc_profile, type_undefined, icc));
  if (!metadata.xmp.empty()) fields.push_back(FieldMaker::blob(xmp_packet, type_byte, metadata.xmp));
  const Blob datasets = imgbuf::iptc(metadata);
  if (!datasets.empty()) fields.push_back(FieldMaker::blob(iptc, type_undefined, datasets));
  Metadata iptc_alone;
  set_iptc(iptc_alone, datasets);
  // Resources that are nothing but IPTC have all in IPTC's own tag.
  if (metadata.photoshop != iptc_alone.photoshop)
    fields.push_back(FieldMaker::blob(photoshop, type_byte, metadata.photoshop));
  if (metadata.resolution) {
    const Resolution& resolution = *metadata.resolution;
    // PNG's unit, which TIFF has not, is a hundred of TIFF's.
    const std::uint32_t divisor = resolution.unit == Resolution::Unit::per_metre ? 100 : 1;
    fields.push_back(make.rational(x_resolution, resolution.x, divisor));
    fields.push_back(make.rational(y_resolution, resolution.y, divisor));
    const std::uint64_t unit = resolution.unit == Resolution::Unit::unit_less  ? 1
                               : resolution.unit == Resolution::Unit::per_inch ? 2
                                                                               : 3;
    fields.push_back(make.number(resolution_unit, type_short, unit));
  }
  add_chromaticities(metadata, make, context, fields);
  add_texts(metadata, exif, context, fields);
}

/// EXIF's root fields that have no value yet.
void add_exif_root(const Exif& exif, const Context& context, std::vector<FieldValue>& fields) {
  for (const std::string& phrase : exif.left_out) context.warn("TIFF cannot hold of EXIF " + phrase);
  for (const FieldValue& field : exif.root)
    if (std::none_of(fields.begin(), fields.end(), [&](const FieldValue& other) { return other.tag == field.tag; }))
      fields.push_back(field);
}

/// The bytes before the pixels, in one of the two kinds of file.
class Header {
 public:
  Header(const ImageInfo& info, ByteOrder order, const Context& context) : info_(info), make_(order), order_(order) {
    add_pixel_fields(info, make_, fields_);
    Exif exif = exif_in(info.metadata.exif, order);
    add_metadata(info, exif, make_, context, fields_);
    add_exif_root(exif, context, fields_);
    parts_ = std::move(exif.parts);
    row_bytes_ = stored_row_bytes(info);
    rows_per_strip_ = std::clamp<std::uint64_t>(strip_bytes / row_bytes_, 1, static_cast<std::uint64_t>(info.height));
  }

  [[nodiscard]] std::vector<std::byte> bytes() const {
    for (const bool is_big : {false, true}) {
      const std::uint64_t pixel_offset =
          (assemble(is_big, 0).size() + pixel_alignment - 1) / pixel_alignment * pixel_alignment;
      const std::uint64_t end = pixel_offset + row_bytes_ * static_cast<std::uint64_t>(info_.height);
      if (!is_big && end > std::numeric_limits<std::uint32_t>::max()) continue;
      std::vector<std::byte> header = assemble(is_big, pixel_offset);
      header.resize(static_cast<std::size_t>(pixel_offset));
      return header;
    }
    return {};
  }

 private:
  [[nodiscard]] std::vector<std::byte> assemble(bool is_big, std::uint64_t pixel_offset) const {
    const FileKind kind{.order = order_, .is_big = is_big, .first_directory = is_big ? 16U : 8U};
    std::vector<std::byte> out;
    append_number(out, order_ == ByteOrder::little ? 0x4949 : 0x4d4d, 2, order_);
    append_number(out, is_big ? 43 : 42, 2, order_);
    if (is_big) {
      append_number(out, 8, 2, order_);
      append_number(out, 0, 2, order_);
    }
    append_number(out, kind.first_directory, is_big ? 8 : 4, order_);

    std::vector<FieldValue> fields = fields_;
    add_strips(is_big, pixel_offset, fields);
    const auto tree = directory_tree(std::move(fields), parts_, kind, out.size());
    out.insert(out.end(), tree.begin(), tree.end());
    return out;
  }

  void add_strips(bool is_big, std::uint64_t pixel_offset, std::vector<FieldValue>& fields) const {
    const auto height = static_cast<std::uint64_t>(info_.height);
    std::vector<std::uint64_t> offsets;
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t row = 0; row < height; row += rows_per_strip_) {
      offsets.push_back(pixel_offset + row * row_bytes_);
      sizes.push_back(std::min(rows_per_strip_, height - row) * row_bytes_);
    }
    const Type type = is_big ? type_long8 : type_long;
    fields.push_back(make_.number(rows_per_strip, type_long, rows_per_strip_));
    fields.push_back(make_.numbers(strip_offsets, type, offsets));
    fields.push_back(make_.numbers(strip_byte_counts, type, sizes));
  }

  const ImageInfo& info_;
  FieldMaker make_;
  ByteOrder order_;
  std::vector<FieldValue> fields_;
  std::vector<Exif::Part> parts_;
  std::uint64_t row_bytes_ = 0;
  std::uint64_t rows_per_strip_ = 1;
};

}  // namespace

PixelFormat nearest_storable(const ImageInfo& info) {
  if (is_opaque_palette(info)) return info.pixel;
  if (is_packed_gray(info.pixel) && !info.transparent_color && bits_of(info.pixel) == info.pixel.bit_depth)
    return info.pixel;
  const PixelFormat pixel = without_palette(info);
  return PixelFormat::of(pixel.format.type(), pixel.color, pixel.alpha);
}

bool can_store(const ImageInfo& info) {
  return !info.transparent_color && same_pixels(info.pixel, nearest_storable(info));
}

StoredForm make_form(const ImageInfo& info, const EncodeOptions& options, Context& context) {
  constexpr std::ptrdiff_t most_size = std::numeric_limits<std::uint32_t>::max();
  if (info.width > most_size || info.height > most_size)
    throw Error(ErrorCode::unsupported,
                "TIFF cannot store a picture of " + std::to_string(info.width) + " x " + std::to_string(info.height));
  warn_of_lost_metadata("TIFF", info.metadata,
                        {.icc = true,
                         .exif = true,
                         .xmp = true,
                         .photoshop = true,
                         .resolution = true,
                         .chromaticities = true,
                         .text = true},
                        context);
  StoredForm form;
  form.header = Header(info, options.byte_order, context).bytes();
  form.format = Format(info.pixel.format.type(), options.byte_order);
  if (const int bits = bits_of(info.pixel); bits < 8) {
    form.packed_bytes = static_cast<std::size_t>(stored_row_bytes(info));
    form.pack = [bits](std::span<const std::byte> elements, std::span<std::byte> stored) {
      pack_bits(elements, static_cast<unsigned>(bits), stored);
    };
  }
  return form;
}

}  // namespace imgbuf::codecs::tiff
