#include "imgbuf/handoff.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/out_of_memory.hpp"
#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/collapse.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/rebuild_pointers.hpp"
#include "imgbuf/rewire.hpp"
#include "imgbuf/walk.hpp"
#include "layout/checked.hpp"

namespace imgbuf {

namespace {

/// Why a consumer cannot take the elements, whatever becomes of their pointers; empty when it can.
std::string reason_against_elements(const Array& array, const Consumer& consumer) {
  if (consumer.needs_writable && array.is_read_only())
    return std::string(consumer.name) + " cannot say that memory is read-only";
  if (consumer.needs_native_byte_order && !array.format().is_native())
    return std::string(consumer.name) + " has no elements of the other byte order ('" + array.format().pep3118() + "')";
  return {};
}

/// Why a consumer cannot take the steps of a direct layout; empty when it can.
/// @param first  the first element's address, or one as far into its page
std::string reason_against_steps(const Layout& layout, const std::byte* first, Format format,
                                 const Consumer& consumer) {
  if (!consumer.needs_whole_element_steps || layout.is_empty()) return {};
  const std::ptrdiff_t itemsize = format.itemsize();
  for (int a = 0; a < layout.rank(); ++a) {
    const Axis& axis = layout.axis(a);
    if (axis.extent > 1 && axis.byte_stride % itemsize != 0)
      return std::string(consumer.name) + " counts strides in elements: axis " + std::to_string(a) + " steps by " +
             std::to_string(axis.byte_stride) + " bytes, an element has " + std::to_string(itemsize);
  }
  if (reinterpret_cast<std::uintptr_t>(first) % static_cast<std::uintptr_t>(itemsize) != 0)
    return std::string(consumer.name) + " needs elements of " + std::to_string(itemsize) +
           " bytes at multiples of their size";
  return {};
}

/// @pre !array.is_empty()
const std::byte* first_element(const Array& array) {
  const std::vector<std::ptrdiff_t> zeros(static_cast<std::size_t>(array.rank()));
  return array.const_view().address(zeros);
}

Handoff copied(const Array& array, std::string reason) {
  return {HandoffKind::copied, std::move(reason), array.packed_bytes()};
}

/// What can be done without a copy, or the handoff that says why it takes one.
struct Way {
  Handoff handoff;
  std::optional<Array> array;  ///< unset when copied, and for what a dry run does not make
};

Way way_for_strided(const Array& array, const Consumer& consumer, bool is_dry_run) {
  const std::byte* const first = array.is_empty() ? nullptr : first_element(array);
  CollapsedArray collapsed = collapse(array);
  if (collapsed.array) {
    if (std::string reason = reason_against_steps(collapsed.array->layout(), first, array.format(), consumer);
        !reason.empty())
      return {copied(array, std::move(reason)), {}};
    return {{}, std::move(collapsed.array)};
  }
  // Only where steps may speak against it is it worth planning twice.
  RewiredArray rewired = is_dry_run || consumer.needs_whole_element_steps ? explain_rewire(array) : rewire(array);
  if (rewired.reason.empty())
    if (std::string reason = reason_against_steps(rewired.layout, first, array.format(), consumer); !reason.empty())
      return {copied(array, std::move(reason)), {}};
  if (rewired.reason.empty() && !is_dry_run && !rewired.array) rewired = rewire(array);
  if (!rewired.reason.empty())
    return {copied(array, collapsed.reason + ", and it cannot be rewired: " + rewired.reason), {}};
  if (rewired.mapped_bytes == 0) return {{}, std::move(rewired.array)};
  return {{HandoffKind::rewired, collapsed.reason, 0, rewired.mapped_bytes}, std::move(rewired.array)};
}

Way way_for_indirect(const Array& array, bool is_dry_run) {
  // Consumers follow pointers as far as there are indices, also when an extent behind them is 0, and then there need be
  // none to follow.
  if (array.is_empty()) return {{}, collapse(array).array};
  BufferShapeExport exported = export_buffer_shape(array.layout());
  if (exported.shape) return {{}, array};
  const std::ptrdiff_t table_bytes = rebuilt_table_bytes(array);
  std::ptrdiff_t element_bytes = 0;
  if (!detail::multiply(array.layout().element_count(), array.format().itemsize(), element_bytes))
    element_bytes = std::numeric_limits<std::ptrdiff_t>::max();  // repeated elements need not fit the memory
  if (table_bytes > element_bytes)
    return {copied(array, exported.reason + "; a new pointer table would take " + std::to_string(table_bytes) +
                              " bytes, more than the elements"),
            {}};
  Handoff handoff;
  handoff.table_bytes = table_bytes;
  if (table_bytes != 0) handoff.reason = exported.reason;
  if (is_dry_run) return {std::move(handoff), {}};
  return {std::move(handoff), rebuild_pointers(array)};
}

Way find_way(const Array& array, const Consumer& consumer, bool is_dry_run) {
  if (array.rank() > consumer.max_rank)
    throw Error(ErrorCode::unsupported, std::string(consumer.name) + " has at most " +
                                            std::to_string(consumer.max_rank) + " axes, not " +
                                            std::to_string(array.rank()));
  if (std::string reason = reason_against_elements(array, consumer); !reason.empty())
    return {copied(array, std::move(reason)), {}};
  return consumer.follows_pointers ? way_for_indirect(array, is_dry_run) : way_for_strided(array, consumer, is_dry_run);
}

/// @pre the image lies in several cells
Handoff copied(const GridImage& image) {
  return {HandoffKind::copied, "stored in " + image.cells_text() + " cells", image.info().pixel_bytes()};
}

/// Copies, if the context allows it.
template <class Elements>
HandedArray copied_array(const Elements& elements, Format format, Handoff handoff, const Context& context) {
  if (!context.allow_copies) throw copy_refused(handoff);
  context.count_copied_bytes(handoff.copied_bytes);
  return {copy_of(elements, format.type(), {}, context), std::move(handoff)};
}

}  // namespace

std::string_view to_string(HandoffKind kind) noexcept {
  switch (kind) {
    case HandoffKind::shared:
      return "shared";
    case HandoffKind::rewired:
      return "rewired";
    case HandoffKind::copied:
      return "copied";
  }
  return "unknown";
}

Error copy_refused(const Handoff& handoff) {
  return Error(ErrorCode::copy_required,
               handoff.reason + "; a copy takes " + std::to_string(handoff.copied_bytes) + " bytes");
}

Handoff explain_handoff(const Array& array, const Consumer& consumer) {
  return base::or_out_of_memory([&] { return find_way(array, consumer, true).handoff; });
}

HandedArray hand_off(const Array& array, const Consumer& consumer, const Context& context) {
  return base::or_out_of_memory([&]() -> HandedArray {
    Way way = find_way(array, consumer, false);
    if (way.array) return {*std::move(way.array), std::move(way.handoff)};
    return copied_array(array, array.format(), std::move(way.handoff), context);
  });
}

Handoff explain_handoff(const GridImage& image, const Consumer& consumer) {
  if (const std::optional<Image> plain = image.in_one_cell()) return explain_handoff(plain->array(), consumer);
  return base::or_out_of_memory([&] { return copied(image); });
}

HandedArray hand_off(const GridImage& image, const Consumer& consumer, const Context& context) {
  if (const std::optional<Image> plain = image.in_one_cell()) return hand_off(plain->array(), consumer, context);
  return base::or_out_of_memory([&] {
    const GridConstView view = image.const_view();
    return copied_array(view, view.format(), copied(image), context);
  });
}

}  // namespace imgbuf
