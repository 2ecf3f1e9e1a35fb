#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "imgbuf/array.hpp"
#include "imgbuf/context.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/grid_image.hpp"

namespace imgbuf {

/// What a library that takes arrays can take: what it cannot is in the way of sharing memory with it.
struct Consumer {
  std::string_view name;                   ///< as reasons call it: "NumPy"
  int max_rank = 64;                       ///< axes
  bool follows_pointers = false;           ///< PEP 3118's suboffsets
  bool needs_native_byte_order = false;    ///< no element of the other byte order
  bool needs_whole_element_steps = false;  ///< strides and the first address are multiples of the element's size
  bool needs_writable = false;             ///< cannot be told that memory may only be read
};

/// Consumers that imgbuf knows.
namespace consumers {
/// Strided arrays of any byte order: NumPy's `ndarray`. @see `NPY_MAXDIMS` of NumPy 1
inline constexpr Consumer numpy{.name = "NumPy", .max_rank = 32};
/// PEP 3118 without suboffsets (`PyBUF_FULL_RO` minus `PyBUF_INDIRECT`).
inline constexpr Consumer strided_buffer{.name = "a strided buffer"};
/// PEP 3118 with suboffsets (`PyBUF_FULL_RO`): memoryview, Cython.
inline constexpr Consumer indirect_buffer{.name = "an indirect buffer", .follows_pointers = true};
/// DLPack 1.0 with the read-only flag. @see https://dmlc.github.io/dlpack/latest/c_api.html
inline constexpr Consumer dlpack{.name = "DLPack", .needs_native_byte_order = true, .needs_whole_element_steps = true};
/// DLPack before 1.0, which has no read-only flag.
inline constexpr Consumer dlpack_unversioned{.name = "unversioned DLPack",
                                             .needs_native_byte_order = true,
                                             .needs_whole_element_steps = true,
                                             .needs_writable = true};
}  // namespace consumers

/// How elements get to a consumer.
enum class HandoffKind : unsigned char {
  shared,   ///< the consumer sees the same memory
  rewired,  ///< the same memory, mapped a second time side by side
  copied,   ///< new memory
};

/// "shared", "rewired", "copied".
IMGBUF_API std::string_view to_string(HandoffKind kind) noexcept;

/// How a handoff goes, known before it is done.
struct Handoff {
  HandoffKind kind = HandoffKind::shared;
  std::string reason;  ///< why memory is not simply shared, or that a new pointer table is made; else empty
  std::ptrdiff_t copied_bytes = 0;  ///< of elements, when copied
  std::size_t mapped_bytes = 0;     ///< of pages mapped a second time, when rewired
  std::ptrdiff_t table_bytes = 0;   ///< of a new pointer table over the same elements
};

/// The error of a handoff that would copy where that is not allowed: Error{copy_required} with its reason and bytes.
[[nodiscard]] IMGBUF_API Error copy_refused(const Handoff& handoff);

/// How an array can be handed to a consumer. Reads pointer tables; makes, maps and copies nothing.
/// @throws Error{unsupported} when even a copy would not do: more axes than the consumer has; Error{limit_exceeded,
///         out_of_memory} as `collapse`
[[nodiscard]] IMGBUF_API Handoff explain_handoff(const Array& array, const Consumer& consumer);

/// An array as a consumer can take it.
struct HandedArray {
  Array array;  ///< without pointers unless the consumer follows them; then PEP 3118 can express it
  Handoff handoff;
};

/// Does what `explain_handoff` says. An array without elements has no pointers then, because consumers follow them
/// before they come to an extent of 0. For a consumer that follows none, an array whose elements are even inside one
/// segment loses its pointers; shared
/// memory is rewired; else, and when the system refuses to map, elements are copied to new memory in C order and native
/// byte order only if the context allows copies.
/// @throws Error{copy_required} naming the reason and the bytes when the context does not; otherwise as
///         `explain_handoff`; Error{cancelled}
[[nodiscard]] IMGBUF_API HandedArray hand_off(const Array& array, const Consumer& consumer, const Context& context);

/// The same for an image in cells. What lies in one cell goes as that does; array libraries have no grids, so that all
/// others are copied. Libraries that take blocks get `GridImage::cells()` instead, each of which is an array.
[[nodiscard]] IMGBUF_API Handoff explain_handoff(const GridImage& image, const Consumer& consumer);
/// @throws as for an array
[[nodiscard]] IMGBUF_API HandedArray hand_off(const GridImage& image, const Consumer& consumer, const Context& context);

}  // namespace imgbuf
