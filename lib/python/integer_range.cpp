#include "python/integer_range.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>

#include "imgbuf/walk.hpp"

namespace imgbuf::python {

namespace {

template <class T>
constexpr IntegerRange limits() noexcept {
  return {std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
}

}  // namespace

IntegerRange range_of(ElementType type) noexcept {
  switch (type) {
    case ElementType::u8:
      return limits<std::uint8_t>();
    case ElementType::i8:
      return limits<std::int8_t>();
    case ElementType::u16:
      return limits<std::uint16_t>();
    case ElementType::i16:
      return limits<std::int16_t>();
    case ElementType::u32:
      return limits<std::uint32_t>();
    case ElementType::i32:
      return limits<std::int32_t>();
    default:
      return {};
  }
}

void refuse_integer(const std::string& value, ElementType type) {
  const IntegerRange range = range_of(type);
  throw std::overflow_error(value + " does not fit " + std::string(to_string(type)) + " elements (" +
                            std::to_string(range.least) + " to " + std::to_string(range.most) + ")");
}

void require_fits(const Array& integers, ElementType target) {
  const IntegerRange from = range_of(integers.format().type());
  const IntegerRange to = range_of(target);
  if (integers.is_empty() || (to.holds(from.least) && to.holds(from.most))) return;
  constexpr IntegerRange none{std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
  const IntegerRange found = reduce(
      Context(), none,
      [](IntegerRange& range, Run<const double> run) {  // a double holds every element
        const auto least = std::numeric_limits<double>::max();
        double low = least, high = -least;
        for (std::ptrdiff_t i = 0; i < run.size; ++i) {
          low = std::min(low, run[i]);
          high = std::max(high, run[i]);
        }
        range.least = std::min(range.least, static_cast<std::int64_t>(low));
        range.most = std::max(range.most, static_cast<std::int64_t>(high));
      },
      [](const IntegerRange& a, const IntegerRange& b) {
        return IntegerRange{std::min(a.least, b.least), std::max(a.most, b.most)};
      },
      seen_as<const double>(integers.const_view()));
  if (!to.holds(found.least)) refuse_integer(std::to_string(found.least), target);
  if (!to.holds(found.most)) refuse_integer(std::to_string(found.most), target);
}

}  // namespace imgbuf::python
