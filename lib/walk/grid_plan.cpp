#include "walk/grid_plan.hpp"

#include <utility>

namespace imgbuf::walk {

image::BoxPlace place_of(const WalkOperand& operand, const Box& box) {
  if (operand.grid) return image::place_of_box(*operand.grid, box.start());
  const Layout& layout = *operand.layout;
  image::BoxPlace place{operand.origin, {layout.pointer_offsets().data(), layout.pointer_offsets().size()}, 0};
  for (std::size_t a = 0; a < box.starts.size(); ++a) {
    const Axis& axis = layout.axes()[a];
    const std::ptrdiff_t bytes = box.starts[a] * axis.byte_stride;
    if (axis.level == 0)
      place.origin += bytes;
    else
      place.pointer_offsets[static_cast<std::size_t>(axis.level - 1)] += bytes;
  }
  return place;
}

Layout layout_of(const WalkOperand& operand, const Box& box, const image::BoxPlace& place) {
  const std::span<const std::ptrdiff_t> offsets(place.pointer_offsets.data(), place.pointer_offsets.size());
  if (operand.grid) return image::layout_of_box(*operand.grid, place.layout, box.count(), offsets);
  InlineVector<Axis, 4> axes(operand.layout->axes().data(), operand.layout->axes().size());
  for (std::size_t a = 0; a < axes.size(); ++a) axes[a].extent = box.counts[a];
  return Layout({axes.data(), axes.size()}, offsets);
}

BoxPlan::BoxPlan(std::span<const WalkOperand> operands, const Box& box, std::span<const image::BoxPlace> places,
                 const Context& context)
    : pointer_offsets_(operands.size()), operands_(operands.begin(), operands.end()), planned_(operands.size()) {
  layouts_.reserve(operands.size());  // operands point into it
  for (std::size_t o = 0; o < operands.size(); ++o) {
    operands_[o].layout = &layouts_.emplace_back(layout_of(operands[o], box, places[o]));
    operands_[o].grid = nullptr;
  }
  plan_ = make_plan(operands_, planned_);
  move_to(places);
  runner_.emplace(plan_, operands_, planned_, context);
}

void BoxPlan::move_to(std::span<const image::BoxPlace> places) {
  for (std::size_t o = 0; o < places.size(); ++o) {
    pointer_offsets_[o] = places[o].pointer_offsets;
    operands_[o].origin = planned_[o].origin = places[o].origin;
    planned_[o].pointer_offsets = {pointer_offsets_[o].data(), pointer_offsets_[o].size()};
  }
}

AnyView BoxPlan::view(std::size_t operand, Format format) const {
  const auto& offsets = pointer_offsets_[operand];
  Layout layout(layouts_[operand].axes(), {offsets.data(), offsets.size()});
  std::byte* const origin = detail::follow_leading_pointers(operands_[operand].origin, layout);
  return {origin, std::move(layout), format};
}

BoxPlan& BoxPlanner::at(std::ptrdiff_t box_number) {
  const Box box = cut_.box(box_number);
  BoxForm form(box.counts.data(), box.counts.size());
  for (std::size_t o = 0; o < operands_.size(); ++o) {
    places_[o] = place_of(operands_[o], box);
    form.push_back(static_cast<std::ptrdiff_t>(places_[o].layout));
  }
  for (Known& known : known_)
    if (known.plan && known.form == form) {
      known.plan->move_to(places_);
      return *known.plan;
    }
  Known& replaced = known_[oldest_];
  oldest_ = (oldest_ + 1) % known_.size();
  replaced.plan = std::make_unique<BoxPlan>(operands_, box, places_, context_);
  replaced.form = std::move(form);
  return *replaced.plan;
}

}  // namespace imgbuf::walk
