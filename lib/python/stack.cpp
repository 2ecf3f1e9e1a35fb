#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/vstack.hpp"
#include "python/bindings.hpp"
#include "python/buffer_import.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

std::string place_of(std::size_t part) {
  return "part " + std::to_string(part);
}

/// Elements that mean one thing in one part and another in the next would be misread.
void require_same_meaning(const PyImage& first, const PyImage& other, bool stacks_channels, std::size_t part) {
  const auto refuse = [part](const char* reason) { throw Error(ErrorCode::invalid_argument, reason, place_of(part)); };
  if (first.array().rank() == other.array().rank() &&
      !std::equal(first.axes().begin(), first.axes().end(), other.axes().begin(), other.axes().end()))
    refuse("its axes mean something else than those of part 0");
  const bool both_named = !first.channels().empty() && !other.channels().empty();
  if (!stacks_channels && both_named &&
      !std::equal(first.channels().begin(), first.channels().end(), other.channels().begin(), other.channels().end()))
    refuse("its channels are others than those of part 0");
  if (first.info() && other.info() && first.info()->palette != other.info()->palette)
    refuse("its palette is another than that of part 0");
}

/// @param images  images, or anything with a buffer
PyImage stack(const py::iterable& images) {
  std::vector<PyImage> parts;
  std::vector<Array> arrays;
  for (const py::handle item : images) {
    parts.push_back(from_buffer(py::reinterpret_borrow<py::object>(item)));
    arrays.push_back(parts.back().array());
  }
  const bool stacks_channels = !parts.empty() && parts[0].array().rank() > 0 && parts[0].axes()[0] == AxisName::channel;
  std::vector<std::string> channels;
  bool all_named = true;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    require_same_meaning(parts[0], parts[p], stacks_channels, p);
    all_named = all_named && !parts[p].channels().empty();
    channels.insert(channels.end(), parts[p].channels().begin(), parts[p].channels().end());
  }
  Array stacked = vstack(arrays);
  const PyImage result = parts[0].with_array(std::move(stacked));
  if (!stacks_channels) return result;
  return result.with_channels(all_named ? std::move(channels) : std::vector<std::string>());
}

}  // namespace

void bind_stack(py::module_& module) {
  module.def("vstack", stack, py::arg("images"), R"(
Images one below the other, along their first axis, as one image: pointers only, no element is copied. images: an iterable of
images, or of anything with a buffer, of one format and equal shapes but for the first axis. The result has the names and the
info of the first, and is read-only when one of them is.

ValueError names the part that does not fit, also one whose channels or palette are others; CopyRequired one whose elements
do not lie as those of the first.)");
}

}  // namespace imgbuf::python
