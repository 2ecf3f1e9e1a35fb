#include <numeric>
#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/axis_argument.hpp"
#include "python/bindings.hpp"
#include "python/texts.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

PyImage reversed_axes(const PyImage& image) {
  std::vector<int> order(static_cast<std::size_t>(image.array().rank()));
  std::iota(order.rbegin(), order.rend(), 0);
  return image.permute(order);
}

/// @param axes  none, one tuple or list of all, or all
PyImage transpose(const PyImage& image, const py::args& axes) {
  if (axes.empty() || (axes.size() == 1 && axes[0].is_none())) return reversed_axes(image);
  const bool is_nested = axes.size() == 1 && (py::isinstance<py::tuple>(axes[0]) || py::isinstance<py::list>(axes[0]));
  std::vector<int> order;
  for (const py::handle axis : is_nested ? py::tuple(axes[0]) : py::tuple(axes))
    order.push_back(axis_argument(image, axis));
  return image.permute(order);
}

PyImage flip(const PyImage& image, const py::handle& axis) {
  return image.flip(axis_argument(image, axis));
}

int require_axis(const PyImage& image, AxisName name) {
  const int axis = image.axis_of(name);
  if (axis < 0) throw Error(ErrorCode::invalid_argument, "the image has no " + std::string(to_string(name)) + " axis");
  return axis;
}

PyImage crop(const PyImage& image, std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t width, std::ptrdiff_t height) {
  const int across = require_axis(image, AxisName::width);
  const int down = require_axis(image, AxisName::height);
  const std::ptrdiff_t image_width = image.array().extent(across);
  const std::ptrdiff_t image_height = image.array().extent(down);
  const auto is_inside = [](std::ptrdiff_t start, std::ptrdiff_t count, std::ptrdiff_t extent) {
    return start >= 0 && count >= 0 && start <= extent && count <= extent - start;
  };
  if (!is_inside(x, width, image_width) || !is_inside(y, height, image_height))
    throw Error(ErrorCode::invalid_argument, "a crop of " + std::to_string(width) + " x " + std::to_string(height) +
                                                 " pixels at (" + std::to_string(x) + ", " + std::to_string(y) +
                                                 ") is not inside an image of " + std::to_string(image_width) + " x " +
                                                 std::to_string(image_height));
  return image.slice(across, {x, x + width, 1}).slice(down, {y, y + height, 1});
}

std::string channel_text(const PyImage& image) {
  return image.channels().empty() ? "the channels have no names" : "there are " + listed(image.channels());
}

PyImage channel_of_name(const PyImage& image, const std::string& name) {
  const auto names = image.channels();
  const int axis = image.axis_of(AxisName::channel);
  for (std::size_t c = 0; c < names.size(); ++c)
    if (names[c] == name) return axis < 0 ? image : image.index(axis, static_cast<std::ptrdiff_t>(c));
  throw Error(ErrorCode::invalid_argument, "no channel '" + name + "': " + channel_text(image));
}

PyImage channel(const PyImage& image, const py::handle& channel) {
  if (py::isinstance<py::str>(channel)) return channel_of_name(image, channel.cast<std::string>());
  if (!is_integer(channel))
    throw py::type_error("a channel is a name or a number, not '" + std::string(Py_TYPE(channel.ptr())->tp_name) + "'");
  const int axis = require_axis(image, AxisName::channel);
  return image.index(axis, index_argument(channel, image.array().extent(axis), "the channel axis"));
}

PyImage squeeze(const PyImage& image, const py::object& axis) {
  std::vector<bool> is_dropped(static_cast<std::size_t>(image.array().rank()));
  if (axis.is_none()) {
    for (int a = 0; a < image.array().rank(); ++a)
      is_dropped[static_cast<std::size_t>(a)] = image.array().extent(a) == 1;
  } else {
    const py::tuple axes = py::isinstance<py::tuple>(axis) ? py::tuple(axis) : py::make_tuple(axis);
    for (const py::handle one : axes) is_dropped[static_cast<std::size_t>(axis_argument(image, one))] = true;
  }
  PyImage result = image;
  for (int a = image.array().rank() - 1; a >= 0; --a)
    if (is_dropped[static_cast<std::size_t>(a)]) result = result.drop_axis(a);
  return result;
}

}  // namespace

void bind_views(ImageClass& image) {
  image.def("transpose", transpose, R"(
transpose(*axes): the axes in another order; a view of the same memory. Axes are numbers or names ("height", "width",
"channel"), given one by one or as a tuple: axis i of the result is axis axes[i]. Without any, their order is reversed.

ValueError unless every axis is given once.)");
  image.def_property_readonly("T", reversed_axes, "The axes in reversed order; a view of the same memory.");
  image.def("flip", flip, py::arg("axis"), R"(
An axis in reversed order; a view of the same memory. axis: a number or a name. flip("height") is upside down.)");
  image.def("crop", crop, py::arg("x"), py::arg("y"), py::arg("width"), py::arg("height"), R"(
A rectangle of pixels; a view of the same memory. x, y: its first column and row, from 0. All of it must lie inside the
image (ValueError); it may be empty.)");
  image.def("channel", channel, py::arg("channel"), R"(
One channel, without the channel axis; a view of the same memory. channel: a name of `channels`, such as "alpha", or a
number, negative ones counting from the last. ValueError for a name and IndexError for a number that there is not.)");
  image.def("squeeze", squeeze, py::arg("axis") = py::none(), R"(
Without axes of size 1; a view of the same memory. axis: the one to drop, or a tuple of them, numbers or names; None
drops all of size 1. ValueError for an axis of another size.)");
}

}  // namespace imgbuf::python
