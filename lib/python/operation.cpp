#include "python/operation.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

#include "python/python_call.hpp"
#include "python/texts.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

void SignalCheck::operator()() {
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  const WithGil locked;
  if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  next_ = Clock::now() + interval;
}

Operation::Operation(py::object progress) : progress_(std::move(progress)) {
  if (!progress_.is_none() && PyCallable_Check(progress_.ptr()) == 0)
    throw py::type_error("progress must be callable, as progress(rows_done, rows_total)");
  context_.on_warning = [this](std::string_view line) { warnings_.emplace_back(line); };
  context_.on_progress = [this](std::int64_t done, std::int64_t total) {
    signals_();
    if (progress_.is_none()) return;
    const WithGil locked;
    (void)call_python(progress_, py::make_tuple(done, total));
  };
}

void Operation::say_warnings() {
  if (warnings_.empty()) return;
  const py::object category = py::module_::import("imgbuf._errors").attr("LossWarning");
  for (const std::string& line : std::exchange(warnings_, {})) {
    const py::object text = utf8_to_python(line);
    // As the function does that a caller's own code would call: the line it stands in is named.
    if (PyErr_WarnFormat(category.ptr(), 1, "%U", text.ptr()) != 0) throw py::error_already_set();
  }
}

}  // namespace imgbuf::python
