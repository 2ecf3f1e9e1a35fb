#include "python/buffer_export.hpp"

#include <memory>
#include <string>

#include "imgbuf/buffer_protocol.hpp"

namespace imgbuf::python {

namespace {

/// What a `Py_buffer` points to while a consumer holds it.
struct ExportedBuffer {
  Array array;
  BufferShape shape;
  std::string format;
};

bool wants(int flags, int request) noexcept {
  return (flags & request) == request;
}

/// Why a request cannot be answered; null when it can.
const char* reason_to_refuse(const ExportedBuffer& exported, int flags) {
  const Layout& layout = exported.array.layout();
  const std::ptrdiff_t itemsize = exported.array.format().itemsize();
  if (wants(flags, PyBUF_WRITABLE) && exported.array.is_read_only()) return "the memory is read-only";
  if (wants(flags, PyBUF_C_CONTIGUOUS) && !is_c_contiguous(layout, itemsize))
    return "the elements are not C-contiguous";
  if (wants(flags, PyBUF_F_CONTIGUOUS) && !is_f_contiguous(layout, itemsize))
    return "the elements are not Fortran-contiguous";
  if (wants(flags, PyBUF_ANY_CONTIGUOUS) && !is_contiguous(layout, itemsize)) return "the elements are not contiguous";
  if (!wants(flags, PyBUF_INDIRECT) && !exported.shape.suboffsets.empty())
    return "the elements lie behind pointers: the consumer does not take suboffsets";
  if (!wants(flags, PyBUF_STRIDES) && !is_c_contiguous(layout, itemsize))
    return "the elements are not C-contiguous: the consumer does not take strides";
  if (!wants(flags, PyBUF_ND) && wants(flags, PyBUF_FORMAT))
    return "a buffer without a shape is unsigned bytes and has no other format";
  return nullptr;
}

Py_ssize_t* pointer_or_null(std::vector<std::ptrdiff_t>& values, bool is_wanted) noexcept {
  return is_wanted && !values.empty() ? values.data() : nullptr;
}

}  // namespace

int refuse_buffer(Py_buffer* view, const char* reason) noexcept {
  PyErr_SetString(PyExc_BufferError, reason);
  view->obj = nullptr;
  return -1;
}

int export_buffer(PyObject* exporter, const Array& array, Py_buffer* view, int flags) noexcept try {
  auto exported = std::make_unique<ExportedBuffer>();
  exported->array = array;
  BufferShapeExport shape = export_buffer_shape(array.layout());
  if (!shape.shape) return refuse_buffer(view, shape.reason.c_str());
  exported->shape = *std::move(shape.shape);
  exported->format = array.format().pep3118();
  if (const char* const reason = reason_to_refuse(*exported, flags)) return refuse_buffer(view, reason);

  const bool has_shape = wants(flags, PyBUF_ND);
  view->buf = const_cast<std::byte*>(array.const_view().origin());
  view->itemsize = array.format().itemsize();
  view->len = array.layout().element_count() * view->itemsize;
  view->readonly = array.is_read_only() ? 1 : 0;
  // Without a shape the bytes are one axis, as `PyBuffer_FillInfo` has it.
  view->ndim = has_shape ? array.rank() : 1;
  view->format = wants(flags, PyBUF_FORMAT) ? exported->format.data() : nullptr;
  view->shape = pointer_or_null(exported->shape.shape, has_shape);
  view->strides = pointer_or_null(exported->shape.strides, wants(flags, PyBUF_STRIDES));
  view->suboffsets = pointer_or_null(exported->shape.suboffsets, wants(flags, PyBUF_INDIRECT));
  view->internal = exported.release();
  Py_INCREF(exporter);
  view->obj = exporter;
  return 0;
} catch (const Error& error) {
  return refuse_buffer(view, error.what());
} catch (...) {
  view->obj = nullptr;
  PyErr_NoMemory();
  return -1;
}

void release_buffer(PyObject*, Py_buffer* view) noexcept {
  delete static_cast<ExportedBuffer*>(view->internal);
  view->internal = nullptr;
}

}  // namespace imgbuf::python
