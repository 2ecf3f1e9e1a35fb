#include "image/reach.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "imgbuf/error.hpp"

namespace imgbuf::image {

namespace {

constexpr std::size_t most_slots = std::size_t{1} << 31;

void require_few(std::size_t slots) {
  if (slots > most_slots)
    throw Error(ErrorCode::limit_exceeded, "the layout follows more than 2147483648 pointers at one level");
}

std::uintptr_t value_of(const std::byte* address) noexcept {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// All of address + i * stride for i in 0..extent-1. @pre stride > 0
struct Progression {
  std::uintptr_t stride;
  std::size_t extent;

  [[nodiscard]] std::uintptr_t span() const noexcept { return (extent - 1) * stride; }
};

/// The same for each of several addresses, which must lie so far apart that the results do not meet.
std::vector<std::byte*> step_apart(const std::vector<std::byte*>& from, const Progression& p) {
  require_few(from.size() * p.extent);
  std::vector<std::byte*> reached;
  reached.reserve(from.size() * p.extent);
  for (std::byte* const start : from)
    for (std::size_t i = 0; i < p.extent; ++i)
      reached.push_back(shifted(start, static_cast<std::ptrdiff_t>(i * p.stride)));
  return reached;
}

/// The same for addresses whose results may be the same: those that are a multiple of the stride apart share theirs.
std::vector<std::byte*> step_joined(std::vector<std::byte*> from, const Progression& p) {
  std::sort(from.begin(), from.end(), [&p](const std::byte* a, const std::byte* b) {
    const std::uintptr_t x = value_of(a), y = value_of(b);
    return x % p.stride != y % p.stride ? x % p.stride < y % p.stride : x < y;
  });
  std::vector<std::byte*> reached;
  for (std::byte* const start : from) {
    std::uintptr_t next = value_of(start);
    const std::uintptr_t end = next + p.span();
    if (!reached.empty() && value_of(reached.back()) % p.stride == next % p.stride)
      next = std::max(next, value_of(reached.back()) + p.stride);
    for (; next <= end; next += p.stride) {
      reached.push_back(reinterpret_cast<std::byte*>(next));
      require_few(reached.size());
    }
  }
  std::sort(reached.begin(), reached.end());
  return reached;
}

/// Where one axis leads from each of `from`; both ascending, each address once.
std::vector<std::byte*> step(std::vector<std::byte*> from, const Axis& axis) {
  if (axis.extent == 1 || axis.byte_stride == 0) return from;
  const Progression p{static_cast<std::uintptr_t>(axis.byte_stride < 0 ? -axis.byte_stride : axis.byte_stride),
                      static_cast<std::size_t>(axis.extent)};
  if (axis.byte_stride < 0)
    for (std::byte*& start : from) start = shifted(start, -static_cast<std::ptrdiff_t>(p.span()));
  const auto meets_next = [&p](const std::byte* a, const std::byte* b) {
    return value_of(b) - value_of(a) <= p.span();
  };
  if (std::adjacent_find(from.begin(), from.end(), meets_next) == from.end()) return step_apart(from, p);
  return step_joined(std::move(from), p);
}

void keep_each_once(std::vector<std::byte*>& addresses) {
  if (!std::is_sorted(addresses.begin(), addresses.end())) std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
}

}  // namespace

LevelReach level_reach(const Layout& layout, int level) noexcept {
  LevelReach reach;
  for (const Axis& axis : layout.axes()) {
    if (axis.level != level || axis.extent == 0) continue;
    (axis.byte_stride < 0 ? reach.first : reach.last) += (axis.extent - 1) * axis.byte_stride;
  }
  return reach;
}

std::vector<TableLevel> follow_levels(const Layout& layout, std::byte* origin,
                                      FunctionRef<void(int, std::span<std::byte* const>)> check) {
  std::vector<TableLevel> levels;
  if (layout.is_empty()) return levels;
  std::vector<std::byte*> starts{origin};
  check(0, starts);
  for (int level = 0; level < layout.indirections(); ++level) {
    TableLevel& table = levels.emplace_back();
    table.starts = starts;
    for (const Axis& axis : layout.axes())
      if (axis.level == level) starts = step(std::move(starts), axis);
    table.slots = std::move(starts);
    table.targets.reserve(table.slots.size());
    for (const std::byte* const slot : table.slots) {
      std::byte* target = nullptr;
      std::memcpy(&target, slot, sizeof target);
      table.targets.push_back(shifted(target, layout.pointer_offset(level)));
    }
    check(level + 1, table.targets);
    if (level + 1 == layout.indirections()) break;  // the elements' places need no order
    starts = table.targets;
    keep_each_once(starts);
  }
  return levels;
}

}  // namespace imgbuf::image
