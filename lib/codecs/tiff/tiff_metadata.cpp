#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "codecs/stored/number.hpp"
#include "codecs/tiff/tiff_fields.hpp"
#include "codecs/tiff/tiff_picture.hpp"
#include "codecs/tiff/tiff_texts.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/photoshop.hpp"

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

/// A positive fraction; nothing for what is none.
struct Fraction {
  std::uint64_t numerator = 0;
  std::uint64_t denominator = 1;

  [[nodiscard]] double value() const noexcept {
    return static_cast<double>(numerator) / static_cast<double>(denominator);
  }
  [[nodiscard]] bool is_whole(std::uint64_t times = 1) const noexcept { return numerator * times % denominator == 0; }
};

std::vector<Fraction> fractions_of(const Blob& rationals, ByteOrder order) {
  std::vector<Fraction> fractions;
  for (std::size_t at = 0; at + 8 <= rationals.size(); at += 8) {
    const auto part = std::span(rationals).subspan(at, 8);
    fractions.push_back({number_in(part.first(4), order), number_in(part.last(4), order)});
  }
  return fractions;
}

/// `Resolution` has whole numbers: fractions of an inch or a centimetre become pixels per metre, which are finer, and
/// the two sides of an aspect multiples.
std::optional<Resolution> resolution_of(const Directory& directory, Budget& budget, Metadata& metadata) {
  const auto all_x = fractions_of(budget.take(x_resolution), directory.byte_order());
  const auto all_y = fractions_of(budget.take(y_resolution), directory.byte_order());
  if (all_x.size() != 1 || all_y.size() != 1) return std::nullopt;
  const Fraction x = all_x.front();
  const Fraction y = all_y.front();
  if (x.numerator == 0 || x.denominator == 0 || y.numerator == 0 || y.denominator == 0) return std::nullopt;
  const std::uint64_t said = directory.number_or(resolution_unit, 2);
  const auto unit = said == 2   ? Resolution::Unit::per_inch
                    : said == 3 ? Resolution::Unit::per_centimetre
                                : Resolution::Unit::unit_less;
  const auto whole = [](double wide, double high, Resolution::Unit of) -> std::optional<Resolution> {
    const double most = std::numeric_limits<std::uint32_t>::max();
    const double columns = std::round(wide);
    const double rows = std::round(high);
    if (columns < 1 || rows < 1 || columns > most || rows > most) return std::nullopt;
    return Resolution{static_cast<std::uint32_t>(columns), static_cast<std::uint32_t>(rows), of};
  };
  if (x.is_whole() && y.is_whole()) return whole(x.value(), y.value(), unit);
  if (unit == Resolution::Unit::unit_less) {
    const auto factor = static_cast<double>(std::lcm(x.denominator, y.denominator));
    return whole(x.value() * factor, y.value() * factor, unit);
  }
  const double per_metre = unit == Resolution::Unit::per_inch ? 100 / 2.54 : 100;
  const auto finer = whole(x.value() * per_metre, y.value() * per_metre, Resolution::Unit::per_metre);
  constexpr double negligible = 0.01;
  const auto is_off = [&](const Fraction& given, std::uint32_t taken) {
    return std::abs(given.value() * per_metre - taken) > negligible;
  };
  if (!finer || is_off(x, finer->x) || is_off(y, finer->y))
    metadata.not_carried.emplace_back("the resolution's fractions of a pixel per metre");
  return finer;
}

/// @see TIFF 6.0 section 20
std::optional<Chromaticities> chromaticities_of(const Directory& directory, Budget& budget) {
  auto xy = fractions_of(budget.take(white_point), directory.byte_order());
  const auto primaries = fractions_of(budget.take(primary_chromaticities), directory.byte_order());
  Chromaticities result;
  if (xy.size() != 2 || primaries.size() != 6) return std::nullopt;
  xy.insert(xy.end(), primaries.begin(), primaries.end());
  for (std::size_t i = 0; i < xy.size(); ++i) {
    // What is more than 1 is no coordinate.
    if (xy[i].denominator == 0 || xy[i].numerator > xy[i].denominator) return std::nullopt;
    result.xy_100000[i] = static_cast<std::int32_t>(std::lround(xy[i].value() * 100000));
  }
  return result;
}

/// IPTC has a tag of its own and may also stand among Photoshop's resources, where `Metadata` keeps it. The tag counts.
void read_iptc(const Directory& directory, Budget& budget, Metadata& metadata) {
  constexpr std::byte first_of_dataset{0x1c};
  Blob datasets = budget.take(iptc);
  if (datasets.empty()) return;
  // Some programs swap bytes of what they call 32-bit numbers and is none.
  if (directory.find(iptc)->type == type_long && datasets[0] != first_of_dataset && datasets[3] == first_of_dataset)
    for (std::size_t at = 0; at + 4 <= datasets.size(); at += 4)
      std::reverse(datasets.data() + at, datasets.data() + at + 4);
  const Blob other = imgbuf::iptc(metadata);
  const bool is_same = datasets.size() >= other.size() && datasets.size() - other.size() < 4 &&
                       std::equal(other.begin(), other.end(), datasets.begin());
  if (!other.empty() && is_same) return;  // but for the padding of 32-bit numbers
  if (!other.empty())
    metadata.not_carried.push_back("other IPTC among Photoshop's resources (" + std::to_string(other.size()) +
                                   " bytes)");
  set_iptc(metadata, datasets);
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

bool is_text(const FieldValue& field) {
  return std::any_of(text_tags.begin(), text_tags.end(), [&](const TextTag& text) { return text.tag == field.tag; });
}

bool is_resolution(const FieldValue& field) {
  return field.tag == x_resolution || field.tag == y_resolution || field.tag == resolution_unit;
}

/// EXIF that says nothing else than the rest of `Metadata`, and that the picture is upright, is none.
bool says_anything(const Exif& exif, const Directory& directory) {
  return !exif.parts.empty() || std::any_of(exif.root.begin(), exif.root.end(), [&](const FieldValue& field) {
    const bool is_upright = field.tag == orientation && directory.number(orientation) == 1U;
    const bool is_color = field.tag == white_point || field.tag == primary_chromaticities;
    return !is_text(field) && !is_resolution(field) && !is_upright && !is_color;
  });
}

}  // namespace

void read_metadata(const Directory& directory, const Limits& limits, Metadata& metadata) {
  Budget budget(directory, limits);
  metadata.icc = budget.take(icc_profile);
  metadata.xmp = budget.take(xmp_packet);
  metadata.photoshop = budget.take(photoshop);
  read_iptc(directory, budget, metadata);
  metadata.resolution = resolution_of(directory, budget, metadata);
  metadata.chromaticities = chromaticities_of(directory, budget);
  read_texts(budget, metadata);
  try {
    Exif exif = exif_in(directory, directory.byte_order(), budget.left());
    for (std::string& phrase : exif.left_out) metadata.not_carried.push_back(std::move(phrase));
    if (says_anything(exif, directory)) metadata.exif = exif_blob(exif, directory.byte_order());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::corrupt_data && error.code() != ErrorCode::truncated_data) throw;
    metadata.not_carried.emplace_back("a damaged EXIF directory");
  }
}

}  // namespace imgbuf::codecs::tiff
