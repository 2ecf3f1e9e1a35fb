#include "measure/ssim.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "base/out_of_memory.hpp"
#include "imgbuf/compare.hpp"
#include "imgbuf/walk.hpp"

namespace imgbuf::measure {

namespace {

constexpr std::ptrdiff_t window = ssim_window;
constexpr std::ptrdiff_t rows_at_once = 4;  ///< that are read: a plan for each row would cost more than narrow rows

/// The weights are the same from both ends: half of them and the one in the middle.
using Weights = std::array<double, window / 2 + 1>;

Weights gaussian() noexcept {
  constexpr double sigma = 1.5;
  Weights weights{};
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double distance = static_cast<double>(weights.size() - 1 - i);
    weights[i] = std::exp(-distance * distance / (2 * sigma * sigma));
    sum += distance == 0 ? weights[i] : 2 * weights[i];
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// out[x] = sum over j of weight j * rows[j][x].
void add_weighted(double* out, const std::array<const double*, window>& rows, std::ptrdiff_t count,
                  const Weights& weights) noexcept {
  const double* const middle = rows[window / 2];
  for (std::ptrdiff_t x = 0; x < count; ++x) out[x] = weights.back() * middle[x];
  for (std::size_t j = 0; j + 1 < weights.size(); ++j) {
    const double* const above = rows[j];
    const double* const below = rows[window - 1 - j];
    for (std::ptrdiff_t x = 0; x < count; ++x) out[x] += weights[j] * (above[x] + below[x]);
  }
}

/// What the formula needs of the samples below a window.
enum Moment : std::size_t { mean_a, mean_b, mean_squares, mean_product, moment_count };

/// The rows of two channels, filtered along the rows, of which the last eleven are kept.
class Ring {
 public:
  Ring(const AnyConstView& a, const AnyConstView& b, const Weights& weights, const Context& context)
      : views_{a, b},
        weights_(weights),
        context_(context),
        width_(a.extent(1)),
        columns_(width_ - window + 1),
        read_{std::vector<double>(size(rows_at_once * width_)), std::vector<double>(size(rows_at_once * width_))},
        products_(size(width_)),
        filtered_(size(window * columns_) * moment_count) {}

  [[nodiscard]] std::ptrdiff_t columns() const noexcept { return columns_; }

  /// Filters a row along itself in place of the one eleven rows above. Rows come in order.
  /// @param end  the row at which the last call will be
  void push(std::ptrdiff_t row, std::ptrdiff_t end) {
    if (row >= read_end_) read(row, std::min(rows_at_once, end - row));
    const double* const a = read_[0].data() + (row - read_first_) * width_;
    const double* const b = read_[1].data() + (row - read_first_) * width_;
    filter(a, row, mean_a);
    filter(b, row, mean_b);
    for (std::size_t x = 0; x < products_.size(); ++x) products_[x] = a[x] * a[x] + b[x] * b[x];
    filter(products_.data(), row, mean_squares);
    for (std::size_t x = 0; x < products_.size(); ++x) products_[x] = a[x] * b[x];
    filter(products_.data(), row, mean_product);
  }

  /// Filters the rows from `first` on down the columns. @pre they are the last that were pushed
  void filter_columns(double* out, std::ptrdiff_t first, Moment moment) const noexcept {
    std::array<const double*, window> rows{};
    for (std::ptrdiff_t j = 0; j < window; ++j) rows[size(j)] = filtered_.data() + slot(first + j, moment);
    add_weighted(out, rows, columns_, weights_);
  }

 private:
  [[nodiscard]] static std::size_t size(std::ptrdiff_t n) noexcept { return static_cast<std::size_t>(n); }
  /// Where in `filtered_` the columns of a row are.
  [[nodiscard]] std::size_t slot(std::ptrdiff_t row, Moment moment) const noexcept {
    return (size(row % window) * moment_count + moment) * size(columns_);
  }

  void filter(const double* values, std::ptrdiff_t row, Moment moment) noexcept {
    std::array<const double*, window> shifted{};
    for (std::ptrdiff_t j = 0; j < window; ++j) shifted[size(j)] = values + j;
    add_weighted(filtered_.data() + slot(row, moment), shifted, columns_, weights_);
  }

  void read(std::ptrdiff_t first, std::ptrdiff_t count) {
    for (std::size_t i = 0; i < views_.size(); ++i) {
      const View<double> rows(read_[i].data(), Layout::contiguous(std::array{count, width_}, sizeof(double)));
      transform(
          context_, [](double value) { return value; }, rows, seen_as<const double>(views_[i].window(0, first, count)));
    }
    read_first_ = first;
    read_end_ = first + count;
  }

  std::array<AnyConstView, 2> views_;
  const Weights& weights_;
  const Context& context_;
  std::ptrdiff_t width_;
  std::ptrdiff_t columns_;  ///< of windows
  std::array<std::vector<double>, 2> read_;
  std::vector<double> products_;
  std::vector<double> filtered_;  ///< for each row of the ring, for each moment: the columns
  std::ptrdiff_t read_first_ = 0;
  std::ptrdiff_t read_end_ = 0;
};

}  // namespace

double ssim_sum(const AnyConstView& a, const AnyConstView& b, std::ptrdiff_t first, std::ptrdiff_t count, double peak,
                const Context& context) {
  const Weights weights = gaussian();
  const double c1 = (0.01 * peak) * (0.01 * peak);
  const double c2 = (0.03 * peak) * (0.03 * peak);
  auto ring = base::or_out_of_memory([&] { return Ring(a, b, weights, context); });
  const auto columns = static_cast<std::size_t>(ring.columns());
  std::array<std::vector<double>, moment_count> moments;
  base::or_out_of_memory([&] { moments.fill(std::vector<double>(columns)); });

  const std::ptrdiff_t end = first + count + window - 1;
  double sum = 0;
  for (std::ptrdiff_t row = first; row < end; ++row) {
    context.check_cancelled();
    ring.push(row, end);
    const std::ptrdiff_t top = row - window + 1;
    if (top < first) continue;
    for (std::size_t m = 0; m < moment_count; ++m) ring.filter_columns(moments[m].data(), top, static_cast<Moment>(m));
    double row_sum = 0;
    for (std::size_t x = 0; x < columns; ++x) {
      const double product_of_means = moments[mean_a][x] * moments[mean_b][x];
      const double squares_of_means = moments[mean_a][x] * moments[mean_a][x] + moments[mean_b][x] * moments[mean_b][x];
      const double variances = moments[mean_squares][x] - squares_of_means;
      const double covariance = moments[mean_product][x] - product_of_means;
      row_sum += (2 * product_of_means + c1) * (2 * covariance + c2) / ((squares_of_means + c1) * (variances + c2));
    }
    sum += row_sum;
  }
  return sum;
}

}  // namespace imgbuf::measure
