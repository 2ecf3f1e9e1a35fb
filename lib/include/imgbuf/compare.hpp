#pragma once

#include <cstddef>
#include <limits>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/image.hpp"
#include "imgbuf/view.hpp"

namespace imgbuf {

/// How far two pictures are from each other, in one channel or in all of them. Values are differences of samples as
/// they are, in the file's own encoding: no gamma is taken off, alpha is a channel like the others and weights none.
struct Difference {
  double max = 0;                 ///< the greatest |a - b|; infinite where a sample of one alone is NaN
  std::ptrdiff_t row = 0;         ///< where `max` is: of equal ones the first in the order of rows
  std::ptrdiff_t column = 0;      ///< the same
  int channel = 0;                ///< the same; of a channel's own difference that channel
  double mean_squared_error = 0;  ///< the mean of (a - b)^2; of all channels together, the mean of theirs
  double psnr = 0;                ///< 10 log10(peak^2 / mean_squared_error), in dB; infinite where nothing differs
  /// The mean structural similarity: 1 for equals; of all channels, the mean of theirs. NaN where it was not asked for.
  double ssim = std::numeric_limits<double>::quiet_NaN();
};

/// What `compare` has found.
struct Comparison {
  std::vector<Difference> channels;  ///< one each, in order
  Difference all;                    ///< of all channels together

  /// Whether every sample equals its counterpart; NaN equals NaN.
  [[nodiscard]] bool is_equal() const noexcept { return all.max == 0; }
};

/// What to compare by.
struct CompareOptions {
  /// The greatest difference that samples can have, which PSNR and SSIM are relative to; when 0, what the element type
  /// has: 2^bits - 1 for integers, signed ones too, and 1 for floating point.
  double peak = 0;
  /// Whether to find `Difference::ssim`, which takes most of the time; it is left at 1 otherwise.
  bool ssim = true;
};

/// The fewest rows and columns for which there is a structural similarity: the window's.
inline constexpr std::ptrdiff_t ssim_window = 11;

/// Compares two views sample by sample, wherever and in whatever byte order their elements lie.
///
/// SSIM is that of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to structural
/// similarity", IEEE Transactions on Image Processing 13(4), 2004: windows of 11 x 11 samples with a Gaussian weight of
/// sigma 1.5 and sum 1, K1 = 0.01, K2 = 0.03, L = peak; the mean over the windows that lie inside the picture, without
/// reducing the picture first. A channel without a difference has 1; one that has a difference and samples that are not
/// finite, or too large to be squared, has NaN.
///
/// The result does not depend on the number of threads. Besides the samples that the walks pass through scratch memory,
/// each thread holds 57 rows of one channel as f64, whatever the height. Progress counts rows.
///
/// @param a  shape (height, width) or (height, width, channels)
/// @param b  the same shape and element type; byte orders may differ
/// @throws Error{invalid_argument} naming both shapes when they differ or are none of pictures, for a negative peak,
///         and for a picture smaller than `ssim_window` when SSIM is asked for; Error{format_mismatch} naming both
///         element types; Error{cancelled, out_of_memory}
[[nodiscard]] IMGBUF_API Comparison compare(const AnyConstView& a, const AnyConstView& b, const CompareOptions& options,
                                            const Context& context);

/// Compares two images of the same kind of pixels; the peak is that of their bit depth unless it is given. Metadata
/// does not matter, nor does a transparent colour.
/// @throws Error{invalid_argument} naming both sizes when they differ; Error{format_mismatch} naming both pixel formats
///         when they differ in more than byte order, and for palettes, whose indices say nothing: expand them; else as
///         above
[[nodiscard]] IMGBUF_API Comparison compare(const Image& a, const Image& b, const CompareOptions& options,
                                            const Context& context);

/// Sets each element to amplify * |a - b|, clamped to what its type holds and rounded half to even. A sample that is
/// NaN in one alone differs by infinity, one that is NaN in both by 0.
/// @param destination  the shape and element type of both; may be one of them, in place
/// @throws Error{invalid_argument} for an amplification that is not positive or not finite; as `compare` of views, and
///         `walk_blocks`
IMGBUF_API void absolute_difference(const AnyView& destination, const AnyConstView& a, const AnyConstView& b,
                                    double amplify, const Context& context);

}  // namespace imgbuf
