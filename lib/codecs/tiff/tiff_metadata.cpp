#include <algorithm>
#include <limits>
#include <string>

#include "codecs/stored/number.hpp"
#include "codecs/tiff/tiff_fields.hpp"
#include "codecs/tiff/tiff_picture.hpp"
#include "codecs/tiff/tiff_texts.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::tiff {

namespace {

/// Reads values until the limit of all metadata is reached.
class Budget {
 public:
  Budget(const Directory& directory, const Limits& limits)
      : directory_(directory),
        left_(static_cast<std::uint64_t>(std::max<std::int64_t>(0, limits.max_metadata_bytes))) {}

  /// The values of a field; empty when there is none.
  [[nodiscard]] Blob take(Tag tag) {
    const Field* const field = directory_.find(tag);
    if (field == nullptr) return {};
    spend(field->bytes(), "tag " + std::to_string(tag));
    return directory_.value_bytes(*field);
  }

  void spend(std::uint64_t bytes, const std::string& what) {
    if (bytes > left_)
      throw Error(ErrorCode::limit_exceeded,
                  what + " of " + std::to_string(bytes) + " bytes passes max_metadata_bytes");
    left_ -= bytes;
  }

  [[nodiscard]] std::uint64_t left() const noexcept { return left_; }

 private:
  const Directory& directory_;
  std::uint64_t left_;
};

/// A rational rounded to a whole number, when it is one from 1 on.
std::optional<std::uint32_t> rounded(const Blob& rational, ByteOrder order) {
  if (rational.size() != 8) return std::nullopt;
  const std::uint64_t numerator = number_in(std::span(rational).first(4), order);
  const std::uint64_t denominator = number_in(std::span(rational).last(4), order);
  if (denominator == 0) return std::nullopt;
  const std::uint64_t value = (numerator + denominator / 2) / denominator;
  if (value == 0 || value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

std::optional<Resolution> resolution_of(const Directory& directory, Budget& budget) {
  const auto x = rounded(budget.take(x_resolution), directory.byte_order());
  const auto y = rounded(budget.take(y_resolution), directory.byte_order());
  if (!x || !y) return std::nullopt;
  const std::uint64_t unit = directory.number_or(resolution_unit, 2);
  return Resolution{*x, *y,
                    unit == 2   ? Resolution::Unit::per_inch
                    : unit == 3 ? Resolution::Unit::per_centimetre
                                : Resolution::Unit::unit_less};
}

void read_texts(Budget& budget, Metadata& metadata) {
  for (const TextTag& text : text_tags) {
    const Blob bytes = budget.take(text.tag);
    std::string value(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    while (!value.empty() && value.back() == '\0') value.pop_back();
    if (value.empty()) continue;
    TextEntry entry;
    entry.keyword = text.keyword;
    entry.text = std::move(value);
    entry.encoding = TextEntry::Encoding::unknown;
    metadata.text.push_back(std::move(entry));
  }
}

}  // namespace

void read_metadata(const Directory& directory, const Limits& limits, Metadata& metadata) {
  Budget budget(directory, limits);
  metadata.icc = budget.take(icc_profile);
  metadata.xmp = budget.take(xmp_packet);
  metadata.photoshop = budget.take(photoshop);
  metadata.resolution = resolution_of(directory, budget);
  read_texts(budget, metadata);
  if (const Field* const field = directory.find(iptc); field != nullptr)
    metadata.not_carried.push_back("IPTC (" + std::to_string(field->bytes()) + " bytes)");
  try {
    Exif exif = exif_in(directory, directory.byte_order(), budget.left());
    // What `Metadata::text` says already is not said twice, and upright is what there is without an orientation.
    std::erase_if(exif.root, [&](const FieldValue& field) {
      const bool is_text =
          std::any_of(text_tags.begin(), text_tags.end(), [&](const TextTag& text) { return text.tag == field.tag; });
      return is_text || (field.tag == orientation && directory.number(orientation) == 1U);
    });
    metadata.exif = exif_blob(exif, directory.byte_order());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data && error.code() != ErrorCode::truncated_data) throw;
    metadata.not_carried.emplace_back("a damaged EXIF directory");
  }
}

}  // namespace imgbuf::codecs::tiff
