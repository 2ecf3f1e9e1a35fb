#include "python/sources.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "imgbuf/error.hpp"
#include "python/file_objects.hpp"
#include "python/python_call.hpp"
#include "python/references.hpp"
#include "python/texts.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// Another source, with a look at Python's signals for each piece that is read.
class CheckedSource final : public Source {
 public:
  /// @param keeper  released after the source; may be null
  CheckedSource(std::unique_ptr<Source> source, SignalCheck& signals, std::shared_ptr<void> keeper)
      : Source(source->name()), keeper_(std::move(keeper)), source_(std::move(source)), signals_(signals) {}

  [[nodiscard]] bool is_seekable() const noexcept override { return source_->is_seekable(); }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return source_->size(); }

 protected:
  std::size_t pull(std::span<std::byte> out) override {
    signals_();
    return source_->read(out);
  }
  void reposition(std::uint64_t offset) override { source_->seek(offset); }

 private:
  std::shared_ptr<void> keeper_;
  std::unique_ptr<Source> source_;
  SignalCheck& signals_;
};

/// A Python file object. Its bytes are copied out of objects of Python's own: a view of the library's memory could be
/// kept by the file object for longer than that memory lives.
class FileObjectSource final : public Source {
 public:
  /// @param keeper  of the file
  FileObjectSource(py::handle file, std::string name, std::shared_ptr<void> keeper)
      : Source(std::move(name)),
        keeper_(std::move(keeper)),
        file_(file),
        method_(py::hasattr(file, "read") ? "read" : "readinto") {}

 protected:
  std::size_t pull(std::span<std::byte> out) override {
    const WithGil locked;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    const std::size_t wanted = std::min(out.size(), max_fill);
    return method_ == "read" ? read(out.first(wanted)) : readinto(out.first(wanted));
  }

 private:
  std::size_t read(std::span<std::byte> out) {
    const py::object given = call_python(file_.attr("read"), py::make_tuple(out.size()));
    if (given.is_none()) throw_would_block();
    if (PyObject_CheckBuffer(given.ptr()) == 0)
      throw py::type_error("read() of the file object gave " + type_name(given) +
                           ", not bytes: a file has to be opened in binary mode");
    const HeldBuffer buffer(given);
    require_room(buffer.bytes().size(), out.size());
    if (!buffer.bytes().empty()) std::memcpy(out.data(), buffer.bytes().data(), buffer.bytes().size());
    return buffer.bytes().size();
  }

  std::size_t readinto(std::span<std::byte> out) {
    const auto room =
        py::reinterpret_steal<py::object>(PyByteArray_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(out.size())));
    if (!room) throw py::error_already_set();
    const std::size_t count = count_of(call_python(file_.attr("readinto"), py::make_tuple(room)));
    const HeldBuffer buffer(room);
    require_room(count, std::min(out.size(), buffer.bytes().size()));
    if (count > 0) std::memcpy(out.data(), buffer.bytes().data(), count);
    return count;
  }

  void require_room(std::size_t given, std::size_t wanted) const {
    if (given > wanted)
      throw Error(ErrorCode::invalid_argument,
                  std::string(method_) + "() of the file object gave " + std::to_string(given) + " bytes where " +
                      std::to_string(wanted) + " were asked for",
                  name());
  }

  std::shared_ptr<void> keeper_;
  py::handle file_;
  std::string_view method_;
};

bool is_regular(const py::object& file) {
  struct stat status {};
  return ::fstat(file.attr("fileno")().cast<int>(), &status) == 0 && S_ISREG(status.st_mode);
}

std::unique_ptr<Source> path_source(const py::object& path, SignalCheck& signals) {
  std::string name = path_bytes(path);
  const py::object file = open_file(path, "rb");
  std::shared_ptr<void> keeper = close_in_the_end(file);
  // What can make us wait is read by Python, which handles signals meanwhile.
  if (!is_regular(file)) return std::make_unique<FileObjectSource>(file, std::move(name), std::move(keeper));
  return std::make_unique<CheckedSource>(Source::descriptor(file.attr("fileno")().cast<int>(), std::move(name)),
                                         signals, std::move(keeper));
}

std::unique_ptr<Source> buffer_source(const py::object& buffer, SignalCheck& signals) {
  std::shared_ptr<Py_buffer> view = hold_buffer(buffer.ptr(), PyBUF_SIMPLE);
  const std::span bytes(static_cast<const std::byte*>(view->buf), static_cast<std::size_t>(view->len));
  return std::make_unique<CheckedSource>(Source::memory(bytes, type_name(buffer), std::move(view)), signals, nullptr);
}

}  // namespace

std::unique_ptr<Source> source_of(const py::object& object, SignalCheck& signals) {
  if (is_path(object)) return path_source(object, signals);
  if (PyObject_CheckBuffer(object.ptr()) != 0) return buffer_source(object, signals);
  if (py::hasattr(object, "read") || py::hasattr(object, "readinto"))
    return std::make_unique<FileObjectSource>(object, name_of_file(object), keep(object.inc_ref().ptr()));
  throw py::type_error("a picture is read from a path, a buffer of encoded bytes or a binary file object, not from " +
                       type_name(object));
}

}  // namespace imgbuf::python
