#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "imgbuf/compare.hpp"
#include "imgbuf/image_info.hpp"

namespace imgbuf::cli {

/// What pictures are compared by.
enum class Metric : unsigned char { max, mse, psnr, ssim };

/// "max", "mse", "psnr", "ssim".
[[nodiscard]] std::string_view to_string(Metric metric) noexcept;
/// @throws Error{invalid_argument}
[[nodiscard]] Metric parse_metric(const std::string& text);

/// A metric's value.
[[nodiscard]] double value_of(const Difference& difference, Metric metric) noexcept;
/// Whether pictures are further apart than a threshold says: a distance (max, mse) above it, or a similarity (psnr,
/// ssim) below it. NaN always is.
[[nodiscard]] bool is_over(double value, Metric metric, double threshold) noexcept;

/// What `imgbuf compare` tells.
struct CompareFacts {
  std::string a = {};
  std::string b = {};
  ImageInfo info = {};                ///< of both
  std::optional<Metric> metric = {};  ///< only this one; all when absent
  bool has_ssim = true;               ///< whether it was found
  Comparison comparison = {};
  bool is_over = false;
};

/// For people; of one metric its value alone.
[[nodiscard]] std::string to_text(const CompareFacts& facts);
[[nodiscard]] std::string to_json(const CompareFacts& facts);

}  // namespace imgbuf::cli
