#include "python/elements.hpp"

#include <span>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// Builds the lists of `axis` and those behind it from elements in C order.
class ListMaker {
 public:
  ListMaker(std::span<const std::ptrdiff_t> shape, std::span<const double> elements, bool is_integer)
      : shape_(shape), next_(elements.data()), is_integer_(is_integer) {}

  py::object make(std::size_t axis = 0) {
    if (axis == shape_.size()) return element();
    py::list list(static_cast<std::size_t>(shape_[axis]));
    for (std::size_t i = 0; i < list.size(); ++i) list[i] = make(axis + 1);
    return list;
  }

 private:
  py::object element() {
    const double value = *next_++;
    if (is_integer_) return py::int_(static_cast<long long>(value));
    return py::float_(value);
  }

  std::span<const std::ptrdiff_t> shape_;
  const double* next_;
  bool is_integer_;
};

}  // namespace

py::object to_list(const PyImage& image) {
  const Array& array = image.array();
  const auto shape = array.layout().shape();
  // Each element type fits a double exactly.
  std::vector<double> elements(static_cast<std::size_t>(array.layout().element_count()));
  const View<double> packed(elements.data(), Layout::contiguous(shape, sizeof(double)));
  transform(
      Context(), [](double value) { return value; }, packed, seen_as<const double>(array.const_view()));
  return ListMaker(shape, elements, !is_floating_point(array.format().type())).make();
}

py::bytes to_bytes(const PyImage& image, const std::optional<std::string>& wanted_order) {
  const std::string order = wanted_order.value_or("C");
  const Array& array = image.array();
  const std::ptrdiff_t itemsize = array.format().itemsize();
  if (order != "C" && order != "F" && order != "A")
    throw Error(ErrorCode::invalid_argument, "no order '" + order + "': use C, F or A");
  const bool is_fortran = order == "F" || (order == "A" && is_f_contiguous(array.layout(), itemsize));
  const AnyConstView view = is_fortran ? array.const_view().transpose() : array.const_view();
  const Layout packed = Layout::contiguous(view.layout().shape(), itemsize);

  const std::ptrdiff_t bytes = view.layout().element_count() * itemsize;
  auto result = py::reinterpret_steal<py::bytes>(PyBytes_FromStringAndSize(nullptr, bytes));
  if (!result) throw py::error_already_set();
  auto* const data = reinterpret_cast<std::byte*>(PyBytes_AS_STRING(result.ptr()));
  {
    const WithoutGil unlocked;
    copy(AnyView(data, packed, array.format()), view);
  }
  return result;
}

}  // namespace imgbuf::python
