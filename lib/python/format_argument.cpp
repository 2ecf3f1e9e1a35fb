#include "python/format_argument.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "imgbuf/error.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

struct NamedType {
  std::string_view letters;  ///< kind and bytes
  std::array<std::string_view, 3> words;
  ElementType type;
};

/// Truth values are kept as u8. @see https://numpy.org/doc/stable/reference/arrays.scalars.html
constexpr std::array<NamedType, 10> numpy_types{{
    {"u1", {"uint8", "ubyte", ""}, ElementType::u8},
    {"b1", {"bool", "bool_", "bool8"}, ElementType::u8},
    {"i1", {"int8", "byte", ""}, ElementType::i8},
    {"u2", {"uint16", "ushort", ""}, ElementType::u16},
    {"i2", {"int16", "short", ""}, ElementType::i16},
    {"u4", {"uint32", "uintc", ""}, ElementType::u32},
    {"i4", {"int32", "intc", ""}, ElementType::i32},
    {"f2", {"float16", "half", ""}, ElementType::f16},
    {"f4", {"float32", "single", ""}, ElementType::f32},
    {"f8", {"float64", "double", "float"}, ElementType::f64},
}};

constexpr std::array<std::string_view, 15> too_wide{"u8",   "i8",       "f16",       "uint64",     "int64",
                                                    "f12",  "float96",  "float128",  "longdouble", "int",
                                                    "uint", "longlong", "ulonglong", "intp",       "uintp"};

std::optional<Format> parse_numpy(std::string_view text) {
  std::string_view name = text;
  ByteOrder order = native_byte_order;
  if (!name.empty() && std::string_view("<>=|").find(name[0]) != std::string_view::npos) {
    if (name[0] == '<') order = ByteOrder::little;
    if (name[0] == '>') order = ByteOrder::big;
    name.remove_prefix(1);
  }
  const bool has_order = name.size() != text.size();
  if (name.empty()) return {};
  const auto is_word_of = [&](const NamedType& type) {
    return !has_order && std::find(type.words.begin(), type.words.end(), name) != type.words.end();
  };
  for (const NamedType& type : numpy_types)
    if (type.letters == name || is_word_of(type)) return Format(type.type, order);
  if (std::find(too_wide.begin(), too_wide.end(), name) != too_wide.end())
    throw Error(ErrorCode::unsupported, "element format '" + std::string(text) +
                                            "' is wider than imgbuf holds (NumPy counts bytes: 'u1' has 8 bits)");
  return {};
}

Format parse(const std::string& text) {
  const std::optional<Format> format = parse_numpy(text);
  return format ? *format : Format::parse(text);
}

/// `numpy.dtype(object).str`; null when NumPy knows no such type or is not there.
py::object numpy_spelling(const py::handle& object) {
  try {
    return py::module_::import("numpy").attr("dtype")(object).attr("str");
  } catch (const py::error_already_set& error) {
    if (error.matches(PyExc_TypeError) || error.matches(PyExc_ImportError)) return {};
    throw;
  }
}

}  // namespace

Format format_argument(const py::handle& format) {
  if (PyUnicode_Check(format.ptr())) return parse(format.cast<std::string>());
  const py::object spelling = format.is_none() ? py::object() : numpy_spelling(format);
  if (!spelling)
    throw py::type_error("a format is a text such as 'B', '>H', 'u2' or 'float32', or a numpy.dtype, not '" +
                         std::string(Py_TYPE(format.ptr())->tp_name) + "'");
  return parse(spelling.cast<std::string>());
}

}  // namespace imgbuf::python
