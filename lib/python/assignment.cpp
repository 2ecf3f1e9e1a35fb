#include "python/assignment.hpp"

#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/assigned_value.hpp"
#include "python/element_conversion.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

std::string shape_text(const Layout& layout) {
  std::string text = "(";
  for (int a = 0; a < layout.rank(); ++a) text += (a == 0 ? "" : ", ") + std::to_string(layout.extent(a));
  return text + (layout.rank() == 1 ? ",)" : ")");
}

AnyConstView broadcast(const AnyConstView& source, const Layout& target) {
  AnyConstView view = source;
  while (view.rank() > target.rank() && view.extent(0) == 1) view = view.drop_axis(0);
  std::vector<std::ptrdiff_t> shape;
  for (const Axis& axis : target.axes()) shape.push_back(axis.extent);
  const int added = target.rank() - view.rank();
  bool fits = added >= 0;
  for (int a = 0; fits && a < view.rank(); ++a)
    fits = view.extent(a) == 1 || view.extent(a) == target.extent(a + added);
  if (!fits)
    throw Error(ErrorCode::invalid_argument, "could not broadcast a value of shape " + shape_text(source.layout()) +
                                                 " into shape " + shape_text(target));
  return view.broadcast_to(shape);
}

}  // namespace

void require_writable(const Array& array) {
  if (array.is_read_only()) throw Error(ErrorCode::invalid_argument, "the memory is read-only");
}

void assign(const Array& target, const py::handle& value) {
  const AnyView destination = target.view();
  const Array source = assigned_value(value, target.format());
  const AnyConstView from = broadcast(source.const_view(), target.layout());
  const py::gil_scoped_release unlocked;
  if (source.layout().element_count() == 1)
    fill(destination, source.const_view(), Context());
  else
    convert(destination, from, Context());
}

}  // namespace imgbuf::python
