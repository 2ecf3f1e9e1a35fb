#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "codecs/stored/stored_picture.hpp"

namespace imgbuf::codecs::pnm {

/// What a PNM, PAM or PFM file says before its samples.
struct Header {
  StoredPicture picture;
  bool is_text = false;         ///< samples are decimal numbers
  std::uint32_t maximum = 255;  ///< of a sample in the file
  bool is_inverted = false;     ///< PBM: 1 is black
  std::size_t bytes = 0;        ///< of the header: where the samples begin
};

/// Reads a header of P1 to P7, PF or Pf. Samples of a maximum that is not 2^n - 1 are scaled to the element's full
/// depth.
/// @throws Error{corrupt_data, truncated_data, unsupported, limit_exceeded}
/// @see netpbm's pbm(5), pgm(5), ppm(5), pam(5); http://www.pauldebevec.com/Research/HDR/PFM/
[[nodiscard]] Header read_header(FileBytes& file, const Limits& limits);

/// A sample of 0..maximum as one of 0..full, rounded to nearest; a larger one counts as the maximum.
[[nodiscard]] constexpr std::uint32_t scaled_sample(std::uint32_t value, std::uint32_t maximum,
                                                    std::uint32_t full) noexcept {
  if (value >= maximum) return full;
  return static_cast<std::uint32_t>((std::uint64_t{value} * full + maximum / 2) / maximum);
}

}  // namespace imgbuf::codecs::pnm
