#pragma once

#include <pybind11/pybind11.h>

#include <cstddef>
#include <span>
#include <string>

#include "imgbuf/format.hpp"
#include "imgbuf/layout.hpp"

namespace imgbuf::python {

/// UTF-8 as str. Bytes that are none, as names of files may have them, become surrogates, of which `utf8_of` and
/// `os.fsencode` make the same bytes again.
pybind11::object utf8_to_python(const std::string& bytes);
pybind11::object latin1_to_python(const std::string& bytes);

/// The bytes of a str.
/// @throws pybind11::type_error for another object; UnicodeEncodeError for characters that Latin-1 does not have
std::string utf8_of(const pybind11::handle& text);
std::string latin1_of(const pybind11::handle& text);

/// "red, green, blue".
std::string listed(std::span<const std::string> names);

/// A shape as Python writes it: "(3, 4)", "(3,)".
std::string shape_text(const Layout& layout);

/// What elements are: "u8 red+green+blue", "u16 big-endian".
/// @param channels  their names; may be none
std::string elements_text(Format format, std::span<const std::string> channels);

/// The bytes of any contiguous buffer, for as long as this object lives.
class HeldBuffer {
 public:
  /// @throws what the buffer raises; TypeError for an object that has none
  explicit HeldBuffer(const pybind11::handle& buffer);
  HeldBuffer(const HeldBuffer&) = delete;
  HeldBuffer& operator=(const HeldBuffer&) = delete;
  ~HeldBuffer() { PyBuffer_Release(&view_); }

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {static_cast<const std::byte*>(view_.buf), static_cast<std::size_t>(view_.len)};
  }

 private:
  Py_buffer view_{};
};

}  // namespace imgbuf::python
