#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "imgbuf/pixel.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf::test {

/// The samples of a view in C order, by plain loops; f16 through its bits.
[[nodiscard]] std::vector<double> samples(const AnyConstView& view);

/// The opposite of `samples`; the numbers are rounded to what the elements can hold.
void fill_from_samples(const AnyView& view, std::span<const double> samples);

/// What `PixelConverter` documents, a pixel and a rule at a time, in double.
[[nodiscard]] std::vector<double> reference_conversion(std::span<const double> source_samples, const ImageInfo& source,
                                                       const PixelFormat& target, const BackgroundColor& background);

/// Whether two results of `target` are the same: integers exactly, unless they come from floating point through colour
/// steps, where halves may fall either way; floating point to a few units in the last place.
[[nodiscard]] bool same_samples(std::span<const double> actual, std::span<const double> expected,
                                const PixelFormat& source, const PixelFormat& target);

/// A source of this format without palette or transparent colour.
[[nodiscard]] ImageInfo source_info(const PixelFormat& pixel);

}  // namespace imgbuf::test
