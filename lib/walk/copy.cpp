#include "walk/copy.hpp"

#include <array>
#include <string>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/walk.hpp"
#include "walk/grid_copy.hpp"
#include "walk/overlap.hpp"
#include "walk/plan.hpp"

namespace imgbuf {

namespace {

WalkOperand operand_of(const AnyView& view, Use use) noexcept {
  return {view.origin(), &view.layout(), view.format().itemsize(), use};
}
WalkOperand operand_of(const AnyConstView& view, Use use) noexcept {
  return {const_cast<std::byte*>(view.origin()), &view.layout(), view.format().itemsize(), use};
}
template <bool Writable>
WalkOperand operand_of(const BasicGridView<Writable>& view, Use use) noexcept {
  WalkOperand operand{nullptr, nullptr, view.format().itemsize(), use};
  operand.grid = &view.geometry();
  return operand;
}

void require_same_type(Format destination, Format source) {
  const ElementType to = destination.type(), from = source.type();
  if (to != from)
    throw Error(ErrorCode::format_mismatch,
                "cannot copy " + std::string(to_string(from)) + " elements to " + std::string(to_string(to)));
}

template <class Destination, class Source>
void copy_with_grid(const Destination& destination, const Source& source, const Context& context) {
  require_same_type(destination.format(), source.format());
  walk::copy_grids(operand_of(destination, Use::write), destination.format(), operand_of(source, Use::read),
                   source.format(), context);
}

template <class View>
Array copy_of_view(const View& view, Format format, const Arrangement& arrangement, const Context& context) {
  InlineVector<std::ptrdiff_t, 4> shape;
  for (int a = 0; a < view.rank(); ++a) shape.push_back(view.extent(a));
  Array result = Array::allocate({shape.data(), shape.size()}, format, arrangement);
  copy(result.view(), view, context);
  return result;
}

}  // namespace

void copy(const AnyView& destination, const AnyConstView& source, const Context& context) {
  require_same_type(destination.format(), source.format());
  const std::array<WalkOperand, 2> operands{operand_of(destination, Use::write), operand_of(source, Use::read)};
  walk::require_same_shape(operands);
  context.check_cancelled();
  const auto safe = base::or_out_of_memory([&] { return walk::SafeOperands(operands, context); });
  const WalkOperand& readable = safe.operands()[1];
  base::or_out_of_memory([&] {
    walk::copy_disjoint(destination, AnyConstView(readable.origin, *readable.layout, source.format()), context);
  });
}

void copy(const AnyView& destination, const AnyConstView& source) {
  copy(destination, source, Context());
}

void copy(const AnyView& destination, const GridConstView& source, const Context& context) {
  copy_with_grid(destination, source, context);
}

void copy(const GridView& destination, const AnyConstView& source, const Context& context) {
  copy_with_grid(destination, source, context);
}

void copy(const GridView& destination, const GridConstView& source, const Context& context) {
  copy_with_grid(destination, source, context);
}

Array copy_of(const Array& array, Format format, const Arrangement& arrangement, const Context& context) {
  return copy_of_view(array.const_view(), format, arrangement, context);
}

Array copy_of(const GridConstView& view, Format format, const Arrangement& arrangement, const Context& context) {
  return copy_of_view(view, format, arrangement, context);
}

Image copy_of(const GridImage& image, const Arrangement& arrangement, const Context& context) {
  Image result = Image::allocate(image.info(), arrangement);
  copy(result.view(), image.const_view(), context);
  return result;
}

}  // namespace imgbuf
