#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/array.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/export.hpp"
#include "imgbuf/handoff.hpp"

namespace imgbuf {

/// What an array reaches of one segment of its storage.
struct ReachedSegment {
  std::size_t bytes = 0;
  Access access = Access::read_write;
  std::size_t pointer_bytes = 0;  ///< of pointers that lead to the elements
  /// Of elements, each byte once; where elements overlap, or a row lies across several segments, it can count bytes
  /// that lie between elements as well.
  std::size_t element_bytes = 0;
};

/// The pointers of one indirection level.
struct PointerLevel {
  std::size_t tables = 0;    ///< places where the level's arithmetic starts
  std::size_t pointers = 0;  ///< different slots that are followed
};

/// What `explain_handoff` says for one consumer.
struct ConsumerAnswer {
  std::string_view consumer;       ///< `Consumer::name`
  std::optional<Handoff> handoff;  ///< nothing when not even a copy would do
  std::string reason;              ///< why not; empty when there is a handoff
};

/// How an array lies in memory, and what that means for who takes it. Values only: it keeps no memory alive.
struct LayoutReport {
  Layout layout;
  Format format;
  std::optional<std::ptrdiff_t> nbytes;  ///< of all elements, packed; nothing when repeated ones are more than can be
  bool is_read_only = false;
  bool is_c_contiguous = false;
  bool is_f_contiguous = false;
  BufferShapeExport buffer;     ///< shape, strides and suboffsets as PEP 3118 has them, or why it cannot say them
  std::vector<int> walk_order;  ///< axes of more than one index, as a walk over the array alone nests its loops
  std::vector<PointerLevel> pointers;    ///< one for each indirection level but the last; no pointers when empty
  std::vector<ReachedSegment> segments;  ///< of the storage, in its order
  std::vector<ConsumerAnswer> answers;   ///< one for each of `consumers`
};

/// Looks at an array and its pointer tables, in the time of sorting the pointers; reads and moves no element.
/// @throws Error{limit_exceeded} for more than 2^31 pointers of a level; Error{out_of_memory}
[[nodiscard]] IMGBUF_API LayoutReport explain_layout(const Array& array);

/// The report for a terminal: a name and a value a line, and a line for each run of segments that look alike;
/// of many such runs the first and the last.
[[nodiscard]] IMGBUF_API std::string to_text(const LayoutReport& report);

/// The report and the memory itself as a picture: the index space with the way of the walk, pointer tables, segments with
/// the bytes that the array reaches, strides, and the answers of the consumers. A stand-alone SVG file, for light and
/// dark, below 100 KB however large the array: of many rows, columns, pointers and segments the first and the last are
/// drawn. It names no address, so that the same layout always gives the same bytes.
/// @param title  at the top, UTF-8; when it is empty, the shape and the element type
/// @throws as `explain_layout`
[[nodiscard]] IMGBUF_API std::string draw_layout(const Array& array, std::string_view title = {});

}  // namespace imgbuf
