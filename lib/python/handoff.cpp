#include "imgbuf/handoff.hpp"

#include <pybind11/stl.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/strips.hpp"
#include "imgbuf/walk.hpp"
#include "python/bindings.hpp"
#include "python/buffer_export.hpp"
#include "python/buffer_import.hpp"
#include "python/handoff.hpp"
#include "python/no_constructor.hpp"
#include "python/tuples.hpp"
#include "python/value_class.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

/// `imgbuf.IndirectBuffer`: an array whose buffer has suboffsets.
struct IndirectBuffer {
  Array array;
};

int get_indirect_buffer(PyObject* self, Py_buffer* view, int flags) noexcept try {
  return export_buffer(self, py::cast<const IndirectBuffer&>(py::handle(self)).array, view, flags);
} catch (...) {
  return refuse_buffer(view, "this object has no buffer");
}

std::string text_of(const Handoff& handoff) {
  std::string text(to_string(handoff.kind));
  if (handoff.kind == HandoffKind::copied) text += " (" + std::to_string(handoff.copied_bytes) + " bytes)";
  if (handoff.kind == HandoffKind::rewired) text += " (" + std::to_string(handoff.mapped_bytes) + " bytes mapped)";
  if (handoff.table_bytes != 0) text += " (" + std::to_string(handoff.table_bytes) + " bytes of pointers)";
  if (!handoff.reason.empty()) text += ": " + handoff.reason;
  return text;
}

py::tuple fields_of(const Handoff& handoff) {
  return py::make_tuple(static_cast<int>(handoff.kind), handoff.reason, handoff.copied_bytes, handoff.mapped_bytes,
                        handoff.table_bytes);
}

Handoff handoff_of(int kind, std::string reason, std::ptrdiff_t copied_bytes, std::size_t mapped_bytes,
                   std::ptrdiff_t table_bytes) {
  return {static_cast<HandoffKind>(kind), std::move(reason), copied_bytes, mapped_bytes, table_bytes};
}

const Consumer& consumer_of(const std::string& target) {
  if (target == "numpy") return consumers::numpy;
  if (target == "buffer" || target == "memoryview") return consumers::strided_buffer;
  if (target == "indirect") return consumers::indirect_buffer;
  if (target == "dlpack") return consumers::dlpack;
  if (target == "dlpack-unversioned") return consumers::dlpack_unversioned;
  throw Error(ErrorCode::invalid_argument,
              "no consumer '" + target +
                  "': there are numpy, buffer, memoryview, indirect, dlpack, dlpack-unversioned and pillow");
}

Handoff explain(const PyImage& image, const std::string& target) {
  if (target == "pillow") return explain_pillow(image);
  return explain_handoff(image.array(), consumer_of(target));
}

/// @throws Error{unsupported} when a consumer has fewer axes
void require_rank(const Array& array, const Consumer& consumer) {
  if (array.rank() > consumer.max_rank) (void)explain_handoff(array, consumer);
}

/// `numpy.asarray`, looked up once. Not a static object's initialisation: others wait for that holding the GIL, which
/// an import gives away.
py::handle numpy_asarray() {
  static PyObject* asarray = nullptr;
  if (!asarray) asarray = py::object(py::module_::import("numpy").attr("asarray")).release().ptr();
  return asarray;
}

/// `numpy.asarray` of a memoryview: NumPy's array then keeps the image alive.
py::object as_numpy(const PyImage& strided) {
  const py::object image = py::cast(strided);
  return numpy_asarray()(py::memoryview(image));
}

/// @param copy  true: always; none: where it must, with a warning; false: never
py::object to_numpy(const PyImage& image, std::optional<bool> copy) {
  require_rank(image.array(), consumers::numpy);
  if (!copy.value_or(true)) return as_numpy(image.with_array(image.strided()));
  if (!copy) {
    const Handoff handoff = explain_handoff(image.array(), consumers::numpy);
    if (handoff.kind != HandoffKind::copied) return as_numpy(image.with_array(image.strided()));
    warn_of_copy(handoff);
  }
  Array array;
  {
    const WithoutGil unlocked;
    array = copy_of(image.array(), image.array().format(), {}, Context());
  }
  return as_numpy(image.with_array(std::move(array)));
}

/// Part of a NumPy array: array[:, ..., item, ...] with the item at an axis.
py::object part_of(const py::object& array, int axis, const py::object& item) {
  py::tuple key(static_cast<std::size_t>(axis) + 2);
  for (int a = 0; a < axis; ++a) key[static_cast<std::size_t>(a)] = py::slice(py::none(), py::none(), py::none());
  key[static_cast<std::size_t>(axis)] = item;
  key[static_cast<std::size_t>(axis) + 1] = py::ellipsis();
  return array[key];
}

/// Writes an image's elements into a NumPy array of its shape, as NumPy's own `astype` converts them, a strided piece at a
/// time.
void write_to_numpy(const py::object& array, const PyImage& image) {
  const auto copy_to = [](const py::object& to, const PyImage& from) {
    py::module_::import("numpy").attr("copyto")(to, as_numpy(from), py::arg("casting") = "unsafe");
  };
  if (image.array().is_empty()) return;
  if (image.array().layout().is_direct()) return copy_to(array, image);
  const Strips cut = strips(image.array());
  for (const Strip& strip : cut.strips) {
    if (!strip.view.layout().is_direct()) {
      for (std::ptrdiff_t i = strip.first; i < strip.first + strip.count; ++i)
        write_to_numpy(part_of(array, cut.axis, py::int_(i)), image.index(cut.axis, i));
      continue;
    }
    const Array direct = Array::over(strip.storage, const_cast<std::byte*>(strip.view.origin()), strip.view.layout(),
                                     strip.view.format());
    copy_to(part_of(array, cut.axis, py::slice(strip.first, strip.first + strip.count, std::ptrdiff_t{1})),
            PyImage(direct.read_only()));
  }
}

/// A copy as a dtype that is not the image's own.
py::object copy_as(const PyImage& image, const py::object& dtype, bool is_asked_for) {
  require_rank(image.array(), consumers::numpy);
  const py::module_ numpy = py::module_::import("numpy");
  const auto itemsize = dtype.attr("itemsize").cast<std::ptrdiff_t>();
  Handoff handoff = explain_handoff(image.array(), consumers::numpy);
  // Types such as "S" have the size that their longest element needs, which only NumPy's astype finds.
  if (handoff.kind == HandoffKind::copied && itemsize == 0)
    return to_numpy(image, is_asked_for ? std::optional(true) : std::nullopt).attr("astype")(dtype);
  if (handoff.kind != HandoffKind::copied) return as_numpy(image.with_array(image.strided())).attr("astype")(dtype);
  handoff.copied_bytes = image.array().layout().element_count() * itemsize;
  if (!is_asked_for) warn_of_copy(handoff);
  const py::object array = numpy.attr("empty")(tuple_of(image.array().layout().shape()), dtype);
  write_to_numpy(array, image);
  return array;
}

/// `__array__` of NumPy 1 and 2.
py::object array_protocol(const PyImage& image, const py::object& dtype, std::optional<bool> copy) {
  if (dtype.is_none()) return to_numpy(image, copy);
  // Before anything is copied: what is no dtype is an error.
  const py::module_ numpy = py::module_::import("numpy");
  const py::object wanted = numpy.attr("dtype")(dtype);
  if (wanted.equal(numpy.attr("dtype")(image.array().format().pep3118()))) return to_numpy(image, copy);
  if (!copy.value_or(true))
    throw Error(ErrorCode::copy_required, "another dtype takes a copy of " +
                                              std::to_string(image.array().layout().element_count() *
                                                             wanted.attr("itemsize").cast<std::ptrdiff_t>()) +
                                              " bytes");
  return copy_as(image, wanted, copy.has_value());
}

/// The memory of an image that is strided without a copy, in the terms of NumPy's array interface, version 3.
py::dict array_interface(const PyImage& image) {
  const Array* array = nullptr;
  try {
    require_rank(image.array(), consumers::numpy);
    array = &image.strided();
  } catch (const Error& error) {
    // An attribute error makes NumPy go on to __array__.
    throw py::attribute_error(error.what());
  }
  const Format format = array->format();
  const char* const kind = is_floating_point(format.type()) ? "f" : is_signed_integer(format.type()) ? "i" : "u";
  const char* const order = format.itemsize() == 1 ? "|" : format.byte_order() == ByteOrder::little ? "<" : ">";
  py::tuple shape(array->rank());
  py::tuple strides(array->rank());
  for (int a = 0; a < array->rank(); ++a) {
    shape[static_cast<std::size_t>(a)] = array->extent(a);
    strides[static_cast<std::size_t>(a)] = array->layout().axis(a).byte_stride;
  }
  py::dict result;
  result["version"] = 3;
  result["typestr"] = order + std::string(kind) + std::to_string(format.itemsize());
  result["shape"] = shape;
  // Consumers such as Pillow share only what needs no strides.
  result["strides"] =
      is_c_contiguous(array->layout(), format.itemsize()) ? py::object(py::none()) : py::object(strides);
  result["data"] =
      py::make_tuple(reinterpret_cast<std::uintptr_t>(array->const_view().origin()), array->is_read_only());
  return result;
}

py::list strips_of(const PyImage& image) {
  require_rank(image.array(), consumers::numpy);
  py::list result;
  if (image.array().layout().is_direct()) {
    result.append(as_numpy(image));
    return result;
  }
  const Strips cut = strips(image.array());
  for (const Strip& strip : cut.strips) {
    if (!strip.view.layout().is_direct())
      throw Error(ErrorCode::copy_required,
                  "index " + std::to_string(strip.first) + " of axis " + std::to_string(cut.axis) +
                      " has pointers of its own behind it: take strips of image[...] at that index");
    const bool is_writable = !image.array().is_read_only();
    Array array = Array::over(strip.storage, const_cast<std::byte*>(strip.view.origin()), strip.view.layout(),
                              strip.view.format());
    result.append(as_numpy(PyImage(is_writable ? std::move(array) : array.read_only())));
  }
  return result;
}

}  // namespace

void warn_of_copy(const Handoff& handoff) {
  const std::string text = "copied " + std::to_string(handoff.copied_bytes) + " bytes: " + handoff.reason;
  const py::object category = py::module_::import("imgbuf._errors").attr("CopyWarning");
  if (PyErr_WarnEx(category.ptr(), text.c_str(), 1) != 0) throw py::error_already_set();
}

void bind_handoff(py::module_& module, ImageClass& image) {
  py::class_<Handoff> type(module, "Handoff", no_constructor(), py::module_local(), R"(
How an image gets to a consumer, known before it does. The text of it says all.)");
  type.def_property_readonly(
          "kind", [](const Handoff& self) { return std::string(to_string(self.kind)); },
          R"("shared": the consumer sees the same memory. "rewired": the same memory, mapped a second time side by side.
"copied": new memory.)")
      .def_readonly("reason", &Handoff::reason, "Why the memory is not simply shared; else empty.")
      .def_readonly("copied_bytes", &Handoff::copied_bytes, "Bytes of elements that are copied.")
      .def_readonly("mapped_bytes", &Handoff::mapped_bytes, "Bytes of pages that are mapped a second time.")
      .def_readonly("table_bytes", &Handoff::table_bytes, "Bytes of a new pointer table over the same elements.")
      .def("__str__", text_of)
      .def("__repr__", [](const Handoff& self) { return "<imgbuf.Handoff " + text_of(self) + ">"; });
  type.def("__reduce__", [](const Handoff& self) {
    return py::make_tuple(py::module_::import("imgbuf._values").attr("handoff"), fields_of(self));
  });
  make_value_class(type, fields_of);
  module.def("_handoff", handoff_of);

  py::class_<IndirectBuffer>(module, "IndirectBuffer", py::custom_type_setup(exports_buffer<get_indirect_buffer>),
                             py::module_local(),
                             R"(
An image for consumers that follow pointers (memoryview, Cython): its buffer has PEP 3118's suboffsets.)");

  image.def("explain", explain, py::arg("target"), R"(
How this image gets to a consumer, before anything happens: "numpy", "buffer" or "memoryview" (strided), "indirect"
(with suboffsets), "dlpack" (1.0), "dlpack-unversioned" (older), "pillow". The conversion then does exactly that.
Returns a Handoff.)");
  image.def("numpy", to_numpy, py::arg("copy") = false, R"(
The image as a NumPy array.

copy=False: of the same memory, shared or rewired; raises CopyRequired with the reason and the bytes where that cannot be.
copy=None: copies where it must, with a CopyWarning. copy=True: always new memory, in C order.)");
  image.def("__array__", array_protocol, py::arg("dtype") = py::none(), py::arg("copy") = py::none(), R"(
NumPy's protocol: what numpy.asarray calls where memory cannot be shared through the buffer protocol. Another dtype
takes one copy, which NumPy converts; a CopyWarning says its bytes where the memory could not have been shared.)");
  image.def_property_readonly("__array_interface__", array_interface, "NumPy's array interface, version 3.");
  image.def("strips", strips_of, R"(
The image in strided pieces that share its memory: a list of NumPy arrays, which together are the image when put one after the
other along its outermost axis of pointers (the first axis, unless the image was transposed). One array for an image that is strided already.)");
  image.def_property_readonly(
      "indirect",
      [](const PyImage& self) {
        Context context;
        context.allow_copies = false;
        return IndirectBuffer{hand_off(self.array(), consumers::indirect_buffer, context).array};
      },
      R"(The image for consumers that follow pointers, such as memoryview(image.indirect) and Cython: shared, with a new
pointer table where PEP 3118 cannot express the old one.)");
}

void bind_imports(py::module_& module) {
  module.def("from_buffer", from_buffer, py::arg("buffer"), R"(
An image over the memory of any object with the buffer protocol, suboffsets included; shared, and writable when it is. Of
an image: that image, with its info and names. Truth values ("?") are u8 elements, the bytes as they are, and read-only,
because not every number is one.)");
  module.def("from_rows", from_rows, py::arg("rows"), R"(
One image of rows in any places: an iterable of buffers of one shape and format. Pointers only, no element is copied.)");
}

}  // namespace imgbuf::python
