#pragma once

#include <cstddef>
#include <cstdint>

/// The binary interface of DLPack: the structures that capsules named "dltensor" and "dltensor_versioned" hold.
/// @see https://dmlc.github.io/dlpack/latest/c_api.html
namespace imgbuf::python::dlpack {

/// What the versioned structure below is: DLPack 1.0. A reader takes every version of the same major number.
struct Version {
  std::uint32_t major = 1;
  std::uint32_t minor = 0;
};

struct Device {
  std::int32_t type = 0;
  std::int32_t id = 0;
};

inline constexpr std::int32_t cpu = 1;  ///< `Device::type` of memory that the processor addresses

/// Elements of native byte order.
struct DataType {
  std::uint8_t code = 0;
  std::uint8_t bits = 0;    ///< of one lane
  std::uint16_t lanes = 1;  ///< numbers in one element
};

/// `DataType::code`.
enum Code : std::uint8_t { signed_integer = 0, unsigned_integer = 1, floating_point = 2, boolean = 6 };

struct Tensor {
  void* data = nullptr;  ///< null when there are no elements
  Device device;
  std::int32_t rank = 0;
  DataType type;
  std::int64_t* shape = nullptr;    ///< `rank` of them
  std::int64_t* strides = nullptr;  ///< in elements; null before 1.2 means C order without gaps
  std::uint64_t byte_offset = 0;    ///< from `data` to the first element
};

/// Before DLPack 1.0.
struct ManagedTensor {
  Tensor tensor;
  void* manager = nullptr;
  void (*deleter)(ManagedTensor*) = nullptr;  ///< called once, on any thread; null when there is nothing to do
};

inline constexpr std::uint64_t read_only_flag = 1;
inline constexpr std::uint64_t is_copied_flag = 2;  ///< nobody but the consumer sees the memory

/// Since DLPack 1.0. What stands before `tensor` stays where it is in every version, so that each can be deleted.
struct ManagedTensorVersioned {
  Version version;
  void* manager = nullptr;
  void (*deleter)(ManagedTensorVersioned*) = nullptr;  ///< as above
  std::uint64_t flags = 0;
  Tensor tensor;
};

static_assert(sizeof(DataType) == 4 && sizeof(void*) == 8 && sizeof(Tensor) == 48);
static_assert(offsetof(Tensor, type) == 20 && offsetof(Tensor, shape) == 24 && offsetof(Tensor, byte_offset) == 40);
static_assert(offsetof(ManagedTensor, deleter) == 56);
static_assert(offsetof(ManagedTensorVersioned, flags) == 24 && offsetof(ManagedTensorVersioned, tensor) == 32);

/// Names of capsules, before and after somebody has taken over what they hold.
template <class Managed>
struct CapsuleNames;
template <>
struct CapsuleNames<ManagedTensor> {
  static constexpr const char* fresh = "dltensor";
  static constexpr const char* used = "used_dltensor";
};
template <>
struct CapsuleNames<ManagedTensorVersioned> {
  static constexpr const char* fresh = "dltensor_versioned";
  static constexpr const char* used = "used_dltensor_versioned";
};

}  // namespace imgbuf::python::dlpack
