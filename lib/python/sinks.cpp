#include "python/sinks.hpp"

#include <sys/stat.h>

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "python/file_objects.hpp"
#include "python/python_call.hpp"
#include "python/references.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// Another sink, with a look at Python's signals for each piece that is written.
class CheckedSink final : public Sink {
 public:
  CheckedSink(std::unique_ptr<Sink> sink, SignalCheck& signals)
      : Sink(sink->name()), sink_(std::move(sink)), signals_(signals) {}

  void write(std::span<const std::byte> bytes) override {
    signals_();
    sink_->write(bytes);
  }
  void commit() override { sink_->commit(); }

 private:
  std::unique_ptr<Sink> sink_;
  SignalCheck& signals_;
};

/// A Python file object. Gathers small pieces, so that the GIL is not taken for each.
class FileObjectSink final : public Sink {
 public:
  /// @param keeper  of the file
  FileObjectSink(py::handle file, std::string name, std::shared_ptr<void> keeper)
      : Sink(std::move(name)), keeper_(std::move(keeper)), file_(file) {
    gathered_.reserve(capacity);
  }

  void write(std::span<const std::byte> bytes) override {
    if (bytes.size() > capacity - gathered_.size()) flush();
    if (bytes.size() >= capacity)
      write_all(bytes);
    else
      gathered_.insert(gathered_.end(), bytes.begin(), bytes.end());
  }

  void commit() override { flush(); }

 private:
  static constexpr std::size_t capacity = 64 * 1024;

  void flush() {
    if (!gathered_.empty()) write_all(gathered_);
    gathered_.clear();
  }

  void write_all(std::span<const std::byte> bytes) {
    const WithGil locked;
    while (!bytes.empty()) {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      // A copy: the file object may keep what it is given.
      const py::bytes given(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      const std::size_t taken = count_taken(call_python(file_.attr("write"), py::make_tuple(given)), bytes.size());
      bytes = bytes.subspan(taken);
    }
  }

  std::size_t count_taken(const py::object& result, std::size_t given) const {
    // Only a raw file says by None that it would have to wait; others that say nothing have taken all.
    if (result.is_none() && !py::isinstance(file_, py::module_::import("io").attr("RawIOBase"))) return given;
    const std::size_t taken = count_of(result);
    if (taken == 0 || taken > given)
      throw Error(ErrorCode::io_failure,
                  "write() of the file object says that it took " + std::to_string(taken) + " of " +
                      std::to_string(given) + " bytes",
                  name());
    return taken;
  }

  std::shared_ptr<void> keeper_;
  py::handle file_;
  std::vector<std::byte> gathered_;
};

/// Whether a path is a pipe or a device that may make a writer wait.
bool may_block(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISCHR(status.st_mode));
}

std::unique_ptr<Sink> path_sink(const py::object& path, SignalCheck& signals) {
  std::string name = path_bytes(path);
  if (may_block(name)) {
    // Python handles signals while it waits.
    const py::object file = open_file(path, "wb");
    return std::make_unique<FileObjectSink>(file, std::move(name), close_in_the_end(file));
  }
  const WithoutGil unlocked;
  return std::make_unique<CheckedSink>(Sink::file(name), signals);
}

}  // namespace

std::unique_ptr<Sink> sink_of(const py::object& object, SignalCheck& signals) {
  if (is_path(object)) return path_sink(object, signals);
  if (py::hasattr(object, "write"))
    return std::make_unique<FileObjectSink>(object, name_of_file(object), keep(object.inc_ref().ptr()));
  throw py::type_error("a picture is saved to a path or a file object with write(), not to " + type_name(object));
}

}  // namespace imgbuf::python
