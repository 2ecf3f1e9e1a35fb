#include "imgbuf/compare.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <string>

#include "base/number_text.hpp"
#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "measure/channel_views.hpp"
#include "measure/compensated_sum.hpp"
#include "measure/error_sums.hpp"
#include "measure/sample_difference.hpp"
#include "measure/ssim.hpp"

namespace imgbuf {

namespace {

using measure::band_rows;
using measure::CompensatedSum;
using Views = std::vector<AnyConstView>;

bool have_same_shape(const Layout& a, const Layout& b) {
  if (a.rank() != b.rank()) return false;
  for (int axis = 0; axis < a.rank(); ++axis)
    if (a.extent(axis) != b.extent(axis)) return false;
  return true;
}

void require_comparable(const AnyConstView& a, const AnyConstView& b) {
  if (!have_same_shape(a.layout(), b.layout()))
    throw Error(ErrorCode::invalid_argument, "shapes " + measure::shape_text(a.layout()) + " and " +
                                                 measure::shape_text(b.layout()) + " cannot be compared");
  if (a.format().type() != b.format().type())
    throw Error(ErrorCode::format_mismatch, std::string(to_string(a.format().type())) + " and " +
                                                std::string(to_string(b.format().type())) +
                                                " cannot be compared: convert one to the other's element type");
}

double peak_of(ElementType type) noexcept {
  if (is_floating_point(type)) return 1;
  return std::ldexp(1.0, static_cast<int>(8 * size_of(type))) - 1;
}

double psnr_of(double mean_squared_error, double peak) noexcept {
  if (mean_squared_error == 0) return std::numeric_limits<double>::infinity();
  return 20 * std::log10(peak) - 10 * std::log10(mean_squared_error);
}

/// One channel while slab after slab is compared.
struct Progressing {
  double max = 0;
  std::ptrdiff_t max_first = 0;  ///< the slab in which `max` is first met
  std::ptrdiff_t max_count = 0;
  CompensatedSum squares;
  CompensatedSum similarity;
};

void add_errors(std::vector<Progressing>& channels, const Views& a, const Views& b, std::ptrdiff_t first,
                std::ptrdiff_t count, const Context& context) {
  const auto slab_of = [&](const Views& views) {
    Views slabs;
    for (const AnyConstView& view : views) slabs.push_back(view.window(0, first, count));
    return slabs;
  };
  const std::vector<measure::ErrorSums> sums = measure::error_sums(slab_of(a), slab_of(b), context);
  for (std::size_t c = 0; c < channels.size(); ++c) {
    Progressing& channel = channels[c];
    channel.squares.add(sums[c].squares);
    if (sums[c].max <= channel.max) continue;
    channel.max = sums[c].max;
    channel.max_first = first;
    channel.max_count = count;
  }
}

/// The windows that begin in a slab: a band of one channel is what a thread takes.
void add_similarity(std::vector<Progressing>& channels, const Views& a, const Views& b, std::ptrdiff_t first,
                    std::ptrdiff_t count, double peak, const Context& context) {
  count = std::min(count, a.front().extent(0) - ssim_window + 1 - first);
  if (count <= 0) return;
  const std::ptrdiff_t bands = (count + band_rows - 1) / band_rows;
  std::vector<double> sums(static_cast<std::size_t>(bands) * channels.size());
  std::atomic<bool> stop{false};
  context.executor().parallel_for(static_cast<std::ptrdiff_t>(sums.size()), [&](std::ptrdiff_t task) {
    if (stop.load(std::memory_order_relaxed)) return;
    const auto c = static_cast<std::size_t>(task / bands);
    const std::ptrdiff_t offset = task % bands * band_rows;
    try {
      sums[static_cast<std::size_t>(task)] =
          measure::ssim_sum(a[c], b[c], first + offset, std::min(band_rows, count - offset), peak, context);
    } catch (...) {
      stop = true;
      throw;
    }
  });
  for (std::size_t i = 0; i < sums.size(); ++i) channels[i / static_cast<std::size_t>(bands)].similarity.add(sums[i]);
}

Comparison summary(std::vector<Difference> channels, double peak) {
  Comparison result{std::move(channels), {}};
  Difference& all = result.all;
  if (result.channels.empty()) {
    all.psnr = psnr_of(0, peak);
    return result;
  }
  CompensatedSum squares;
  CompensatedSum similarity;
  const Difference* worst = &result.channels.front();
  for (const Difference& channel : result.channels) {
    squares.add(channel.mean_squared_error);
    similarity.add(channel.ssim);
    const bool is_earlier = channel.row < worst->row || (channel.row == worst->row && channel.column < worst->column);
    if (channel.max > worst->max || (channel.max == worst->max && is_earlier)) worst = &channel;
  }
  all = *worst;
  const auto count = static_cast<double>(result.channels.size());
  all.mean_squared_error = squares.value() / count;
  all.psnr = psnr_of(all.mean_squared_error, peak);
  all.ssim = similarity.value() / count;
  return result;
}

}  // namespace

Comparison compare(const AnyConstView& a, const AnyConstView& b, const CompareOptions& options,
                   const Context& context) {
  require_comparable(a, b);
  if (!(options.peak >= 0) || !std::isfinite(options.peak))
    throw Error(ErrorCode::invalid_argument, "a peak of " + base::number_text(options.peak) + " is no difference");
  const double peak = options.peak > 0 ? options.peak : peak_of(a.format().type());
  const Views in_a = measure::channel_views(a);
  const Views in_b = measure::channel_views(b);
  const std::ptrdiff_t height = a.extent(0);
  const std::ptrdiff_t width = a.extent(1);
  if (options.ssim && (height < ssim_window || width < ssim_window))
    throw Error(ErrorCode::invalid_argument,
                "the shape " + measure::shape_text(a.layout()) + " is smaller than SSIM's window of 11 x 11");

  std::vector<Progressing> progressing(in_a.size());
  const std::ptrdiff_t row_elements = width * static_cast<std::ptrdiff_t>(in_a.size());
  const bool has_channels = !in_a.empty();
  measure::for_each_slab(height, row_elements, context, 0, height, [&](std::ptrdiff_t first, std::ptrdiff_t count) {
    if (!has_channels) return;
    add_errors(progressing, in_a, in_b, first, count, context);
    if (options.ssim) add_similarity(progressing, in_a, in_b, first, count, peak, context);
  });

  const auto elements = static_cast<double>(height) * static_cast<double>(width);
  const auto windows = static_cast<double>(height - ssim_window + 1) * static_cast<double>(width - ssim_window + 1);
  std::vector<Difference> channels;
  for (std::size_t c = 0; c < progressing.size(); ++c) {
    const Progressing& channel = progressing[c];
    Difference difference;
    difference.channel = static_cast<int>(c);
    difference.max = channel.max;
    if (options.ssim) difference.ssim = 1;
    if (channel.max > 0) {
      const auto slab = [&](const AnyConstView& view) { return view.window(0, channel.max_first, channel.max_count); };
      const auto [row, column] = measure::find_difference(slab(in_a[c]), slab(in_b[c]), channel.max, context);
      difference.row = channel.max_first + row;
      difference.column = column;
      difference.mean_squared_error = channel.squares.value() / elements;
      if (options.ssim) difference.ssim = channel.similarity.value() / windows;
    }
    difference.psnr = psnr_of(difference.mean_squared_error, peak);
    channels.push_back(difference);
  }
  return summary(std::move(channels), peak);
}

Comparison compare(const Image& a, const Image& b, const CompareOptions& options, const Context& context) {
  const ImageInfo& in_a = a.info();
  const ImageInfo& in_b = b.info();
  const auto size = [](const ImageInfo& info) {
    return std::to_string(info.width) + " x " + std::to_string(info.height);
  };
  if (in_a.width != in_b.width || in_a.height != in_b.height)
    throw Error(ErrorCode::invalid_argument,
                "pictures of " + size(in_a) + " and " + size(in_b) + " pixels cannot be compared");
  PixelFormat native_b = in_b.pixel;
  native_b.format = Format(native_b.format.type(), in_a.pixel.format.byte_order());
  if (in_a.pixel != native_b)
    throw Error(ErrorCode::format_mismatch, in_a.pixel.to_string() + " and " + in_b.pixel.to_string() +
                                                " cannot be compared: convert one to the other's pixels");
  if (in_a.pixel.color == ColorModel::palette)
    throw Error(ErrorCode::format_mismatch, "indices into palettes cannot be compared: expand them to colours");
  CompareOptions chosen = options;
  if (chosen.peak == 0 && !is_floating_point(in_a.pixel.format.type()))
    chosen.peak = std::ldexp(1.0, in_a.pixel.bit_depth) - 1;
  return compare(a.const_view(), b.const_view(), chosen, context);
}

void absolute_difference(const AnyView& destination, const AnyConstView& a, const AnyConstView& b, double amplify,
                         const Context& context) {
  require_comparable(a, b);
  require_comparable(destination, a);
  if (!(amplify > 0) || !std::isfinite(amplify))
    throw Error(ErrorCode::invalid_argument, "differences cannot be multiplied by " + base::number_text(amplify));
  measure::with_seen_type(a.format().type(), [&](auto type) {
    using T = decltype(type);
    const auto difference = [amplify](T x, T y) {
      const double value = amplify * measure::sample_difference(x, y);
      if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(value);
      } else {
        return static_cast<T>(std::nearbyint(std::min(value, static_cast<double>(std::numeric_limits<T>::max()))));
      }
    };
    transform(context, difference, seen_as<T>(destination), seen_as<const T>(a), seen_as<const T>(b));
  });
}

}  // namespace imgbuf
