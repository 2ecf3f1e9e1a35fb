#include "measure/error_sums.hpp"

#include <algorithm>
#include <cstddef>

#include "base/out_of_memory.hpp"
#include "imgbuf/walk.hpp"
#include "measure/channel_views.hpp"
#include "measure/sample_difference.hpp"

namespace imgbuf::measure {

namespace {

/// Squares of integers of up to 16 bits add up exactly, whatever their number here.
constexpr std::ptrdiff_t elements_of_a_plain_sum = 256;

template <class T>
void add_run(ErrorSums& sums, Run<const T> a, Run<const T> b) {
  for (std::ptrdiff_t first = 0; first < a.size; first += elements_of_a_plain_sum) {
    const std::ptrdiff_t end = std::min(a.size, first + elements_of_a_plain_sum);
    double max = sums.max;
    double squares = 0;
    for (std::ptrdiff_t i = first; i < end; ++i) {
      const double difference = sample_difference(a[i], b[i]);
      max = std::max(max, difference);
      squares += difference * difference;
    }
    sums.max = max;
    sums.squares.add(squares);
  }
}

template <class T>
std::vector<ErrorSums> error_sums_of(std::span<const AnyConstView> a, std::span<const AnyConstView> b,
                                     const Context& context) {
  const std::size_t channels = a.size();
  ReadOperands<T> both;
  for (std::size_t c = 0; c < channels; ++c) {
    both.add(a[c]);
    both.add(b[c]);
  }
  std::vector<std::vector<ErrorSums>> parts;
  walk_parts(
      both.operands(),
      [&](std::ptrdiff_t count) {
        base::or_out_of_memory(
            [&] { parts.assign(static_cast<std::size_t>(count), std::vector<ErrorSums>(channels)); });
      },
      [&](std::ptrdiff_t part, const Block& block) {
        for (std::size_t c = 0; c < channels; ++c) {
          ErrorSums sums = parts[static_cast<std::size_t>(part)][c];
          for (std::ptrdiff_t r = 0; r < block.rows; ++r)
            add_run(sums, run_of<T>(block, 2 * c, r), run_of<T>(block, 2 * c + 1, r));
          parts[static_cast<std::size_t>(part)][c] = sums;
        }
      },
      context);
  std::vector<ErrorSums> all(channels);
  for (const std::vector<ErrorSums>& part : parts)
    for (std::size_t c = 0; c < channels; ++c) {
      all[c].max = std::max(all[c].max, part[c].max);
      all[c].squares.add(part[c].squares);
    }
  return all;
}

}  // namespace

std::vector<ErrorSums> error_sums(std::span<const AnyConstView> a, std::span<const AnyConstView> b,
                                  const Context& context) {
  std::vector<ErrorSums> all;
  for (std::size_t first = 0; first < a.size(); first += most_channels_at_once) {
    const std::size_t count = std::min(most_channels_at_once, a.size() - first);
    const auto some = with_seen_type(a[first].format().type(), [&](auto type) {
      return error_sums_of<decltype(type)>(a.subspan(first, count), b.subspan(first, count), context);
    });
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

/// By halves: what is looked at again and again adds up to one more look at everything.
RowAndColumn find_difference(const AnyConstView& a, const AnyConstView& b, double max, const Context& context) {
  AnyConstView in_a = a;
  AnyConstView in_b = b;
  RowAndColumn found;
  for (int axis = 0; axis < 2; ++axis) {
    std::ptrdiff_t& first = axis == 0 ? found.row : found.column;
    while (in_a.extent(axis) > 1) {
      const std::ptrdiff_t half = in_a.extent(axis) / 2;
      const AnyConstView half_a = in_a.window(axis, 0, half);
      const AnyConstView half_b = in_b.window(axis, 0, half);
      if (error_sums({&half_a, 1}, {&half_b, 1}, context).front().max == max) {
        in_a = half_a;
        in_b = half_b;
      } else {
        first += half;
        in_a = in_a.window(axis, half, in_a.extent(axis) - half);
        in_b = in_b.window(axis, half, in_b.extent(axis) - half);
      }
    }
  }
  return found;
}

}  // namespace imgbuf::measure
