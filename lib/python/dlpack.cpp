#include <pybind11/stl.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "python/bindings.hpp"
#include "python/dlpack_abi.hpp"
#include "python/handoff.hpp"
#include "python/references.hpp"
#include "python/without_gil.hpp"

namespace py = pybind11;

namespace imgbuf::python {

namespace {

using dlpack::CapsuleNames;
using dlpack::ManagedTensor;
using dlpack::ManagedTensorVersioned;
using dlpack::Tensor;

constexpr std::array<std::pair<ElementType, dlpack::DataType>, 9> types{{
    {ElementType::u8, {dlpack::unsigned_integer, 8, 1}},
    {ElementType::i8, {dlpack::signed_integer, 8, 1}},
    {ElementType::u16, {dlpack::unsigned_integer, 16, 1}},
    {ElementType::i16, {dlpack::signed_integer, 16, 1}},
    {ElementType::u32, {dlpack::unsigned_integer, 32, 1}},
    {ElementType::i32, {dlpack::signed_integer, 32, 1}},
    {ElementType::f16, {dlpack::floating_point, 16, 1}},
    {ElementType::f32, {dlpack::floating_point, 32, 1}},
    {ElementType::f64, {dlpack::floating_point, 64, 1}},
}};

dlpack::DataType type_of(ElementType type) {
  return std::find_if(types.begin(), types.end(), [type](const auto& entry) { return entry.first == type; })->second;
}

ElementType type_of(const dlpack::DataType& type) {
  if (type.lanes != 1)
    throw Error(ErrorCode::unsupported, "DLPack elements of " + std::to_string(type.lanes) + " lanes");
  // A byte that is 0 or 1, as it is for the buffer protocol.
  if (type.code == dlpack::boolean && type.bits == 8) return ElementType::u8;
  for (const auto& [element, known] : types)
    if (known.code == type.code && known.bits == type.bits) return element;
  throw Error(ErrorCode::unsupported, "DLPack elements of type code " + std::to_string(type.code) + " and " +
                                          std::to_string(type.bits) +
                                          " bits: there are integers of 8, 16 and 32 bits, floating point of 16, 32 "
                                          "and 64, and bool");
}

// To other libraries.

/// What a capsule holds: the structure that the consumer reads, and what it points to.
template <class Managed>
struct Exported {
  Managed managed;
  Array array;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

template <class Managed>
void delete_exported(Managed* managed) noexcept {
  delete static_cast<Exported<Managed>*>(managed->manager);
}

/// A capsule's destructor: what nobody has taken over is deleted.
template <class Managed>
void delete_unused(PyObject* capsule) noexcept {
  if (!PyCapsule_IsValid(capsule, CapsuleNames<Managed>::fresh)) return;
  auto* const managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule, CapsuleNames<Managed>::fresh));
  if (managed->deleter) managed->deleter(managed);
}

/// @pre the array is direct, and steps by whole elements along every axis of several
template <class Managed>
std::unique_ptr<Exported<Managed>> exported(Array array) {
  auto result = std::make_unique<Exported<Managed>>();
  const std::ptrdiff_t itemsize = array.format().itemsize();
  for (const Axis& axis : array.layout().axes()) {
    result->shape.push_back(axis.extent);
    // No step is taken along an axis of one element, so that it need not be whole.
    result->strides.push_back(axis.byte_stride % itemsize == 0 ? axis.byte_stride / itemsize : 1);
  }
  Tensor& tensor = result->managed.tensor;
  tensor.data = array.is_empty() ? nullptr : const_cast<std::byte*>(array.const_view().origin());
  tensor.device = {dlpack::cpu, 0};
  tensor.rank = array.rank();
  tensor.type = type_of(array.format().type());
  tensor.shape = result->shape.data();
  tensor.strides = result->strides.data();
  result->array = std::move(array);
  result->managed.manager = result.get();
  result->managed.deleter = [](Managed* managed) { delete_exported(managed); };
  return result;
}

template <class Managed>
py::object capsule_of(std::unique_ptr<Exported<Managed>> exported) {
  PyObject* const capsule =
      PyCapsule_New(&exported->managed, CapsuleNames<Managed>::fresh, [](PyObject* it) { delete_unused<Managed>(it); });
  if (!capsule) throw py::error_already_set();
  (void)exported.release();
  return py::reinterpret_steal<py::object>(capsule);
}

/// The elements as DLPack can have them. @param copy  as for `__dlpack__`; becomes whether there is one
Array for_dlpack(const PyImage& image, const Consumer& consumer, std::optional<bool>& copy) {
  const Handoff handoff = explain_handoff(image.array(), consumer);
  if (!copy.value_or(false) && handoff.kind != HandoffKind::copied) {
    copy = false;
    return image.strided();
  }
  if (!copy) warn_of_copy(handoff);
  if (copy && !*copy) throw copy_refused(handoff);
  copy = true;
  const WithoutGil unlocked;
  return copy_of(image.array(), image.array().format().type(), {}, Context());
}

py::object to_dlpack(const PyImage& image, const py::object& stream,
                     std::optional<std::pair<std::int64_t, std::int64_t>> max_version,
                     std::optional<std::pair<std::int64_t, std::int64_t>> device, std::optional<bool> copy) {
  if (!stream.is_none()) throw Error(ErrorCode::invalid_argument, "memory of the processor has no stream");
  if (device && *device != std::pair<std::int64_t, std::int64_t>(dlpack::cpu, 0))
    throw py::buffer_error("the memory is the processor's, device (1, 0), and goes to no other");
  if (!max_version || max_version->first < 1)
    return capsule_of(exported<ManagedTensor>(for_dlpack(image, consumers::dlpack_unversioned, copy)));
  auto result = exported<ManagedTensorVersioned>(for_dlpack(image, consumers::dlpack, copy));
  if (result->array.is_read_only()) result->managed.flags |= dlpack::read_only_flag;
  if (*copy) result->managed.flags |= dlpack::is_copied_flag;
  return capsule_of(std::move(result));
}

// From other libraries.

std::ptrdiff_t bytes_of_steps(std::int64_t stride, std::ptrdiff_t itemsize) {
  std::ptrdiff_t bytes = 0;
  if (__builtin_mul_overflow(stride, itemsize, &bytes))
    throw Error(ErrorCode::invalid_layout, "a DLPack stride of " + std::to_string(stride) + " elements is too long");
  return bytes;
}

/// @throws Error{invalid_argument, invalid_layout} for what is no array
Layout layout_of(const Tensor& tensor, std::ptrdiff_t itemsize) {
  if (tensor.rank < 0 || tensor.rank > Layout::max_rank)
    throw Error(ErrorCode::invalid_argument, "a DLPack tensor of " + std::to_string(tensor.rank) + " axes");
  if (tensor.rank != 0 && !tensor.shape) throw Error(ErrorCode::invalid_argument, "a DLPack tensor without a shape");
  const std::vector<std::ptrdiff_t> shape(tensor.shape, tensor.shape + tensor.rank);
  if (!tensor.strides) return Layout::contiguous(shape, itemsize);
  std::vector<std::ptrdiff_t> strides;
  for (std::int32_t a = 0; a < tensor.rank; ++a)
    strides.push_back(shape[static_cast<std::size_t>(a)] > 1 ? bytes_of_steps(tensor.strides[a], itemsize) : itemsize);
  return Layout::strided(shape, strides);
}

void require_readable(const ManagedTensor&) {}

void require_readable(const ManagedTensorVersioned& managed) {
  if (managed.version.major != dlpack::Version().major)
    throw Error(ErrorCode::unsupported, "a DLPack capsule of version " + std::to_string(managed.version.major) + "." +
                                            std::to_string(managed.version.minor) + ": only 1.x is known");
}

Access access_of(const ManagedTensor&) noexcept {
  return Access::read_write;
}

Access access_of(const ManagedTensorVersioned& managed) noexcept {
  return (managed.flags & dlpack::read_only_flag) != 0 ? Access::read_only : Access::read_write;
}

/// Takes over what a capsule holds; on an error the capsule still has it.
template <class Managed>
PyImage take(const py::object& capsule) {
  using Names = CapsuleNames<Managed>;
  auto* const managed = static_cast<Managed*>(PyCapsule_GetPointer(capsule.ptr(), Names::fresh));
  if (!managed) throw py::error_already_set();
  require_readable(*managed);
  const Tensor& tensor = managed->tensor;
  if (tensor.device.type != dlpack::cpu)
    throw Error(ErrorCode::unsupported,
                "memory of DLPack device type " + std::to_string(tensor.device.type) + ": only the processor's, 1");
  const Format format = type_of(tensor.type);
  const Layout layout = layout_of(tensor, format.itemsize());
  if (!tensor.data && !layout.is_empty()) throw Error(ErrorCode::invalid_argument, "a DLPack tensor without memory");
  std::byte* const origin = tensor.data ? static_cast<std::byte*>(tensor.data) + tensor.byte_offset : nullptr;
  const bool is_truth = tensor.type.code == dlpack::boolean;  // which most numbers are not
  const Access access = is_truth ? Access::read_only : access_of(*managed);

  if (PyCapsule_SetName(capsule.ptr(), Names::used) != 0) throw py::error_already_set();
  std::shared_ptr<void> keeper = keep_foreign(managed, [](void* it) noexcept {
    auto* const kept = static_cast<Managed*>(it);
    if (kept->deleter) kept->deleter(kept);
  });
  return PyImage(Array::trusted(origin, layout, format, std::move(keeper), access));
}

/// Asks for a versioned capsule without a copy; producers that do not know the question are asked the old way.
py::object capsule_from(const py::object& producer) {
  const py::object export_to = producer.attr("__dlpack__");
  try {
    return export_to(py::arg("max_version") = py::make_tuple(1, 0), py::arg("copy") = false);
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_TypeError)) throw;
  }
  return export_to();
}

PyImage from_dlpack(const py::object& producer) {
  py::object capsule = producer;
  if (!PyCapsule_CheckExact(producer.ptr())) {
    if (!py::hasattr(producer, "__dlpack__") || !py::hasattr(producer, "__dlpack_device__"))
      throw py::type_error("from_dlpack takes an object with __dlpack__ and __dlpack_device__, or a DLPack capsule");
    const py::tuple device = producer.attr("__dlpack_device__")();
    if (const auto type = py::int_(device[0]).cast<std::int64_t>(); type != dlpack::cpu)
      throw Error(ErrorCode::unsupported,
                  "memory of DLPack device type " + std::to_string(type) + ": only the processor's, 1");
    capsule = capsule_from(producer);
  }
  if (PyCapsule_IsValid(capsule.ptr(), CapsuleNames<ManagedTensorVersioned>::fresh))
    return take<ManagedTensorVersioned>(capsule);
  if (PyCapsule_IsValid(capsule.ptr(), CapsuleNames<ManagedTensor>::fresh)) return take<ManagedTensor>(capsule);
  const char* const name = PyCapsule_CheckExact(capsule.ptr()) ? PyCapsule_GetName(capsule.ptr()) : nullptr;
  PyErr_Clear();
  throw Error(ErrorCode::invalid_argument, "no DLPack capsule that can still be taken over" +
                                               (name ? ": this one is '" + std::string(name) + "'" : std::string()));
}

}  // namespace

void bind_dlpack(py::module_& module, ImageClass& image) {
  image.def("__dlpack__", to_dlpack, py::kw_only(), py::arg("stream") = py::none(), py::arg("max_version") = py::none(),
            py::arg("dl_device") = py::none(), py::arg("copy") = py::none(), R"(
DLPack's protocol, as the array API standard has it: a capsule over this image's memory, which lives as long as the
consumer holds it.

max_version: from (1, 0) on the capsule is "dltensor_versioned" and says whether the memory may only be read;
otherwise it is "dltensor", which cannot say that, so that read-only memory is copied.
copy=False: shared or rewired; raises CopyRequired (a BufferError) where that cannot be. copy=None: copies where it
must, with a CopyWarning. copy=True: always new memory, in C order.
dl_device: (1, 0) or None; BufferError for another. stream: None.)");
  image.def(
      "__dlpack_device__", [](const PyImage&) { return py::make_tuple(dlpack::cpu, 0); },
      "The device whose memory this is, as DLPack counts them: (1, 0), the processor.");
  module.def("from_dlpack", from_dlpack, py::arg("producer"), R"(
An image over the memory of an object with __dlpack__ and __dlpack_device__, or of a DLPack capsule, versioned or not.

The memory is shared, and read-only when the capsule says so; its producer is told once, when the last image and
consumer over it is gone. Elements are integers of 8, 16 and 32 bits, floating point of 16, 32 and 64, and bool, which comes
as read-only bytes 0 and 1. Raises Unsupported for other elements, devices and versions; what the producer raises, when it would have
to copy; InvalidArgument for a capsule that was taken over before.)");
}

}  // namespace imgbuf::python
