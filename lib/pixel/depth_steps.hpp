#pragma once

#include <cstdint>
#include <vector>

#include "imgbuf/image_info.hpp"
#include "pixel/step.hpp"

namespace imgbuf::pixel {

/// The maximum of a format's samples; 1 for floating point.
[[nodiscard]] std::uint32_t max_sample(const PixelFormat& format) noexcept;

/// Appends what brings samples to another element type and depth; nothing when they are the same. Colour and alpha of
/// the two formats are the same.
void append_depth_steps(std::vector<Step>& steps, const PixelFormat& from, const PixelFormat& to);

}  // namespace imgbuf::pixel
