#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "imgbuf/export.hpp"

namespace imgbuf {

/// Where encoded bytes go. Nothing of a sink counts until `commit`: a file sink destroyed before leaves no trace.
/// One sink belongs to one writer; not thread-safe. Writes that fail throw `Error{io_failure}` naming the sink.
class IMGBUF_API Sink {
 public:
  virtual ~Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  /// A file by path. Bytes go to a temporary file in the same directory, which `commit` renames over the path, so the
  /// old file stays whole until the new one is complete. Symbolic links are followed, an existing file's mode is kept,
  /// a new file gets 0666 less the umask. FIFOs, devices and the process's own descriptors (/dev/stdout, /dev/fd/N) are written in
  /// place.
  /// @throws Error{io_failure} when the directory cannot be written or the existing file may not be
  static std::unique_ptr<Sink> file(const std::string& path);
  /// A descriptor, at its present position; what is written may be held back until `commit`.
  /// @param close_when_done  whether the sink owns it, from the call on
  static std::unique_ptr<Sink> descriptor(int fd, std::string name, bool close_when_done = false);
  /// Appends to a vector that outlives the sink.
  static std::unique_ptr<Sink> memory(std::vector<std::byte>& out, std::string name = "memory");
  /// The caller's own stream; what `write` throws passes through the writer unchanged.
  static std::unique_ptr<Sink> callbacks(std::function<void(std::span<const std::byte>)> write,
                                         std::string name = "stream");

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  virtual void write(std::span<const std::byte> bytes) = 0;

  /// Makes everything written final. Called once, after the writer has finished.
  virtual void commit() {}

 protected:
  explicit Sink(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

}  // namespace imgbuf
