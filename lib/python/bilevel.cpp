#include "python/bilevel.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::python {

namespace {

constexpr std::uint8_t white = 255;

/// An element that is neither 0 nor 255.
std::optional<std::uint8_t> other_value(const Array& bytes) {
  using Found = std::optional<std::uint8_t>;
  return reduce(
      Context(), Found(),
      [](Found& found, Run<const std::uint8_t> run) {
        for (std::ptrdiff_t i = 0; i < run.size && !found; ++i)
          if (run[i] != 0 && run[i] != white) found = run[i];
      },
      [](const Found& a, const Found& b) { return a ? a : b; }, seen_as<const std::uint8_t>(bytes.const_view()));
}

}  // namespace

bool is_bilevel(const PyImage& image) {
  return image.channels().size() == 1 && image.channels()[0] == "bilevel" &&
         image.array().format().type() == ElementType::u8;
}

void require_same_as_gray(const PyImage& image) {
  if (!is_bilevel(image)) return;
  if (const auto value = other_value(image.array()))
    throw Error(ErrorCode::unsupported, "a byte of " + std::to_string(*value) +
                                            " is white in Pillow's mode '1', and nearly black as gray: let Pillow "
                                            "convert('L') the image first");
}

}  // namespace imgbuf::python
