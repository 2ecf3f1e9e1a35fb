#include "python/assignment.hpp"

#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/assigned_value.hpp"
#include "python/element_conversion.hpp"
#include "python/texts.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

AnyConstView broadcast(const AnyConstView& source, const Layout& target) {
  AnyConstView view = source;
  while (view.rank() > target.rank() && view.extent(0) == 1) view = view.drop_axis(0);
  const int added = target.rank() - view.rank();
  bool fits = added >= 0;
  for (int a = 0; fits && a < view.rank(); ++a)
    fits = view.extent(a) == 1 || view.extent(a) == target.extent(a + added);
  if (!fits)
    throw Error(ErrorCode::invalid_argument, "could not broadcast a value of shape " + shape_text(source.layout()) +
                                                 " into shape " + shape_text(target));
  return view.broadcast_to(target.shape());
}

/// Fewer repetitions are not worth memory for what is repeated.
constexpr std::ptrdiff_t many_repetitions = 8;

/// `convert`, where what is repeated along the first axes, such as one colour for all pixels, is converted and spread
/// over a row once, so that whole rows are copied.
void convert_repeated(const AnyView& destination, const AnyConstView& source) {
  if (source.rank() < 2 || source.layout().axis(0).byte_stride != 0 || source.extent(0) < many_repetitions ||
      source.is_empty())
    return convert(destination, source, Context());
  const AnyConstView part = source.index(0, 0);
  const Array once = Array::allocate(part.layout().shape(), destination.format());
  convert_repeated(once.view(), part);
  copy(destination, once.const_view().broadcast_to(source.layout().shape()));
}

}  // namespace

void require_writable(const Array& array) {
  if (array.is_read_only()) throw Error(ErrorCode::invalid_argument, "the memory is read-only");
}

void assign(const Array& target, const py::handle& value) {
  const AnyView destination = target.view();
  const Array source = assigned_value(value, target.format());
  const AnyConstView from = broadcast(source.const_view(), target.layout());
  const WithoutGil unlocked;
  if (source.layout().element_count() == 1)
    fill(destination, source.const_view(), Context());
  else
    convert_repeated(destination, from);
}

}  // namespace imgbuf::python
