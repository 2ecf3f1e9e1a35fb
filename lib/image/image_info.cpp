#include "imgbuf/image_info.hpp"

#include <array>

namespace imgbuf {

namespace {

struct NamedRatio {
  int horizontal;
  int vertical;
  std::string_view name;
};

/// How many samples of luma a sample of chroma stands for.
constexpr std::array<NamedRatio, 6> named_ratios{{
    {1, 1, "4:4:4"},
    {2, 1, "4:2:2"},
    {2, 2, "4:2:0"},
    {1, 2, "4:4:0"},
    {4, 1, "4:1:1"},
    {4, 2, "4:1:0"},
}};

/// The name, if the second and third components are coarser than the first alike and a fourth is as fine as the first.
std::string_view ratio_name(const std::vector<Subsampling::Factors>& components) {
  if (components.size() != 3 && components.size() != 4) return {};
  const Subsampling::Factors luma = components[0];
  const Subsampling::Factors chroma = components[1];
  if (components[2] != chroma || (components.size() == 4 && components[3] != luma)) return {};
  for (const NamedRatio& ratio : named_ratios) {
    if (luma.horizontal == ratio.horizontal * chroma.horizontal && luma.vertical == ratio.vertical * chroma.vertical) {
      return ratio.name;
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(ColorModel model) noexcept {
  switch (model) {
    case ColorModel::gray:
      return "gray";
    case ColorModel::rgb:
      return "rgb";
    case ColorModel::cmyk:
      return "cmyk";
    case ColorModel::palette:
      return "palette";
  }
  return "unknown";
}

int PixelFormat::channels() const noexcept {
  switch (color) {
    case ColorModel::gray:
    case ColorModel::palette:
      return alpha ? 2 : 1;
    case ColorModel::rgb:
      return alpha ? 4 : 3;
    case ColorModel::cmyk:
      return alpha ? 5 : 4;
  }
  return 0;
}

std::vector<std::string_view> PixelFormat::channel_names() const {
  std::vector<std::string_view> names;
  switch (color) {
    case ColorModel::gray:
      names = {"gray"};
      break;
    case ColorModel::palette:
      names = {"index"};
      break;
    case ColorModel::rgb:
      names = {"R", "G", "B"};
      break;
    case ColorModel::cmyk:
      names = {"C", "M", "Y", "K"};
      break;
  }
  if (alpha) names.emplace_back("A");
  return names;
}

PixelFormat PixelFormat::of(ElementType type, ColorModel color, bool alpha) noexcept {
  return {type, color, alpha, static_cast<int>(8 * size_of(type))};
}

std::string PixelFormat::to_string() const {
  std::string text(imgbuf::to_string(color));
  if (alpha) text += color == ColorModel::rgb ? "a" : "+alpha";
  text += ' ';
  text += imgbuf::to_string(format.type());
  if (bit_depth != 8 * format.itemsize()) text += " (" + std::to_string(bit_depth) + " bit)";
  return text;
}

std::vector<std::string_view> Subsampling::names() {
  std::vector<std::string_view> names;
  for (const NamedRatio& ratio : named_ratios) names.push_back(ratio.name);
  return names;
}

std::optional<Subsampling::Factors> Subsampling::luma_factors(std::string_view name) noexcept {
  for (const NamedRatio& ratio : named_ratios) {
    if (ratio.name == name) return Factors{ratio.horizontal, ratio.vertical};
  }
  return std::nullopt;
}

std::string Subsampling::to_string() const {
  std::string text(ratio_name(components));
  if (!text.empty()) return text;
  for (const Factors& factors : components) {
    if (!text.empty()) text += ',';
    text += std::to_string(factors.horizontal) + "x" + std::to_string(factors.vertical);
  }
  return text;
}

}  // namespace imgbuf
