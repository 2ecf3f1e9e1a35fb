#include <pybind11/stl.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/compare.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/statistics.hpp"
#include "python/bilevel.hpp"
#include "python/bindings.hpp"
#include "python/buffer_import.hpp"
#include "python/no_constructor.hpp"
#include "python/operation.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

PyImage image_of(const py::object& image_or_buffer) {
  return py::isinstance<PyImage>(image_or_buffer) ? image_or_buffer.cast<PyImage>() : from_buffer(image_or_buffer);
}

/// Whether SSIM's window fits into a picture.
bool has_window(const PyImage& image) {
  const Array picture = image.in_picture_order();
  return picture.rank() >= 2 && std::min(picture.extent(0), picture.extent(1)) >= ssim_window;
}

Comparison compare_images(const py::object& a, const py::object& b, std::optional<double> peak,
                          std::optional<bool> ssim, py::object progress) {
  if (peak && !(*peak > 0)) throw Error(ErrorCode::invalid_argument, "the peak must be greater than 0");
  const PyImage in_a = image_of(a);
  const PyImage in_b = image_of(b);
  const CompareOptions options{.peak = peak.value_or(0), .ssim = ssim.value_or(has_window(in_a))};
  Operation operation(std::move(progress));
  const WithoutGil unlocked;
  for (const PyImage* const image : {&in_a, &in_b}) require_same_as_gray(*image);
  // What the pixels mean is compared where both say it.
  if (in_a.info() && in_b.info()) return compare(in_a.picture(), in_b.picture(), options, operation.context());
  const Array array_a = in_a.in_picture_order();
  const Array array_b = in_b.in_picture_order();
  return compare(array_a.const_view(), array_b.const_view(), options, operation.context());
}

std::vector<ChannelStatistics> image_statistics(const PyImage& image, std::optional<int> bins,
                                                std::optional<std::pair<double, double>> range, py::object progress) {
  if (bins && *bins < 1) throw Error(ErrorCode::invalid_argument, "bins must be at least 1");
  StatisticsOptions options{.bins = bins.value_or(0)};
  if (range) options.range = ValueRange{range->first, range->second};
  const PyImage same = image;  // another thread may give the image another info meanwhile
  Operation operation(std::move(progress));
  const WithoutGil unlocked;
  const Array array = same.in_picture_order();
  return statistics(array.const_view(), options, operation.context());
}

py::tuple tuple_of_statistics(const PyImage& image, std::optional<int> bins,
                              std::optional<std::pair<double, double>> range, py::object progress) {
  return py::tuple(py::cast(image_statistics(image, bins, range, std::move(progress))));
}

std::string text_of(double value) {
  return py::str(py::float_(value)).cast<std::string>();
}

std::string repr(const Difference& difference) {
  return "<imgbuf.Difference max=" + text_of(difference.max) + " at row " + std::to_string(difference.row) +
         ", column " + std::to_string(difference.column) + ", channel " + std::to_string(difference.channel) +
         ", mse=" + text_of(difference.mean_squared_error) + ", psnr=" + text_of(difference.psnr) +
         ", ssim=" + text_of(difference.ssim) + ">";
}

std::string repr(const ChannelStatistics& channel) {
  return "<imgbuf.ChannelStatistics minimum=" + text_of(channel.minimum) + ", maximum=" + text_of(channel.maximum) +
         ", mean=" + text_of(channel.mean) + ", standard_deviation=" + text_of(channel.standard_deviation) + ">";
}

std::vector<double> edges(const Histogram& histogram) {
  std::vector<double> values;
  for (std::size_t i = 0; i <= histogram.counts.size(); ++i) values.push_back(histogram.edge(i));
  return values;
}

void bind_comparison(py::module_& module) {
  py::class_<Difference>(module, "Difference", no_constructor(), py::module_local(), R"(
How far two pictures are from each other, in one channel or in all of them.)")
      .def_readonly("max", &Difference::max, "The greatest |a - b|; inf where a sample of one alone is NaN.")
      .def_readonly("row", &Difference::row, "Where max is: of equal ones the first in the order of rows.")
      .def_readonly("column", &Difference::column, "Where max is, from the left.")
      .def_readonly("channel", &Difference::channel, "The index of the channel in which max is.")
      .def_readonly("mse", &Difference::mean_squared_error, "The mean of (a - b) ** 2.")
      .def_readonly("psnr", &Difference::psnr, "10 log10(peak ** 2 / mse) in dB; inf where nothing differs.")
      .def_readonly("ssim", &Difference::ssim,
                    "The mean structural similarity; 1 for equals; nan where it was not asked for.")
      .def("__repr__", [](const Difference& self) { return repr(self); });
  py::class_<Comparison>(module, "Comparison", no_constructor(), py::module_local(), R"(
What imgbuf.compare has found.)")
      .def_property_readonly(
          "channels", [](const Comparison& self) { return py::tuple(py::cast(self.channels)); },
          "A Difference for each channel.")
      .def_readonly("all", &Comparison::all,
                    "The Difference of all channels together; psnr from the mean of their mse.")
      .def_property_readonly("equal", &Comparison::is_equal, "Whether every sample equals its counterpart.")
      .def("__repr__", [](const Comparison& self) {
        return self.is_equal() ? std::string("<imgbuf.Comparison equal>")
                               : "<imgbuf.Comparison all=" + repr(self.all) + ">";
      });
  module.def("compare", compare_images, py::arg("a"), py::arg("b"), py::kw_only(), py::arg("peak") = py::none(),
             py::arg("ssim") = py::none(), py::arg("progress") = py::none(), R"(
How far two images of one shape and element type are from each other, of whatever layouts: a Comparison. a, b: images, or
anything with a buffer. Axes are matched by their names, so that an image and its transpose are the same picture; an array's axes
are height, width and channel.

peak: the greatest difference that samples can have, for PSNR and SSIM; of images that say what their pixels mean, what their
bit depth has; else 2 ** bits - 1 of integers and 1 of floating point. ssim: whether to find the structural similarity of Wang,
Bovik, Sheikh and Simoncelli (2004), which takes most of the time and needs 11 rows and columns; None: where it can be found.

ValueError when shapes differ or are no pictures'; FormatMismatch when element types, or what the pixels mean, differ.)");
}

void bind_statistics(py::module_& module, ImageClass& image) {
  py::class_<Histogram>(module, "Histogram", no_constructor(), py::module_local(), R"(
How many samples have which values: bins of one width, side by side.)")
      .def_property_readonly(
          "range", [](const Histogram& self) { return std::pair(self.range.low, self.range.high); },
          "The least and the greatest value that is covered.")
      .def_readonly("counts", &Histogram::counts, "The samples of each bin.")
      .def_property_readonly("edges", edges, "Where each bin begins, and the last one ends.")
      .def_readonly("below", &Histogram::below, "Finite samples below the range.")
      .def_readonly("above", &Histogram::above, "Finite samples above the range.");
  py::class_<ChannelStatistics>(module, "ChannelStatistics", no_constructor(), py::module_local(), R"(
What the samples of one channel are. Those that are not finite are counted apart and are in nothing else.)")
      .def_readonly("count", &ChannelStatistics::count, "Number of finite samples.")
      .def_readonly("nan", &ChannelStatistics::nan, "Number of samples that are NaN.")
      .def_readonly("positive_infinity", &ChannelStatistics::positive_infinity, "Number of samples that are inf.")
      .def_readonly("negative_infinity", &ChannelStatistics::negative_infinity, "Number of samples that are -inf.")
      .def_readonly("minimum", &ChannelStatistics::minimum, "The least sample; NaN without any.")
      .def_readonly("maximum", &ChannelStatistics::maximum, "The greatest sample; NaN without any.")
      .def_readonly("mean", &ChannelStatistics::mean, "The mean of the samples; NaN without any.")
      .def_readonly("standard_deviation", &ChannelStatistics::standard_deviation,
                    "Of all samples as the population, as numpy.std; NaN without any.")
      .def_readonly("histogram", &ChannelStatistics::histogram, "The samples' Histogram.")
      .def("__repr__", [](const ChannelStatistics& self) { return repr(self); });
  image.def("statistics", tuple_of_statistics, py::kw_only(), py::arg("bins") = py::none(),
            py::arg("range") = py::none(), py::arg("progress") = py::none(), R"(
Minimum, maximum, mean, standard deviation and histogram of each channel: a tuple of ChannelStatistics.

bins: of the histograms; by default one for each value of 8 and 16 bit integers, else 256. Other numbers of bins than there
are values divide the range evenly, so that some bins of integers have more values than others. range: (low, high), what the
histograms cover; by default all values of 8 and 16 bit integers, and of other types what lies between the least and the
greatest sample of all channels.)");
}

}  // namespace

void bind_measure(py::module_& module, ImageClass& image) {
  bind_comparison(module);
  bind_statistics(module, image);
}

}  // namespace imgbuf::python
