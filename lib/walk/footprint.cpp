#include "walk/footprint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <tuple>
#include <utility>

namespace imgbuf::walk {

namespace {

/// Follows the pointers of every index of the axes before the last level and calls `f(start)` for each box behind them.
template <class F>
class BoxVisitor {
 public:
  BoxVisitor(const Layout& layout, F f) : layout_(layout), f_(f) {}

  F visit(std::byte* origin) {
    level(0, origin);
    return f_;
  }

 private:
  void level(int level, std::byte* start) {
    if (level == layout_.indirections())
      f_(reinterpret_cast<std::uintptr_t>(start));
    else
      axes(level, 0, start);
  }

  void axes(int level, int axis, std::byte* p) {
    const auto all = layout_.axes();
    while (axis < layout_.rank() && all[static_cast<std::size_t>(axis)].level != level) ++axis;
    if (axis == layout_.rank()) {
      std::memcpy(&p, p, sizeof p);
      this->level(level + 1, p + layout_.pointer_offset(level));
      return;
    }
    const Axis& a = all[static_cast<std::size_t>(axis)];
    for (std::ptrdiff_t i = 0; i < a.extent; ++i) axes(level, axis + 1, p + i * a.byte_stride);
  }

  const Layout& layout_;
  F f_;
};

/// Like `std::for_each` it takes and returns the function by value, so that what it counts can stay in registers.
template <class F>
F visit_boxes(const WalkOperand& operand, F f) {
  const Layout& layout = *operand.layout;
  // One table of row pointers is what most indirect images are.
  if (layout.indirections() == 1 && layout.rank() > 0 && layout.axes()[0].level == 0 &&
      std::all_of(layout.axes().begin() + 1, layout.axes().end(), [](const Axis& axis) { return axis.level == 1; })) {
    const Axis rows = layout.axes()[0];
    const auto offset = static_cast<std::uintptr_t>(layout.pointer_offset(0));
    for (std::ptrdiff_t i = 0; i < rows.extent; ++i) {
      std::byte* p = nullptr;
      std::memcpy(&p, operand.origin + i * rows.byte_stride, sizeof p);
      f(reinterpret_cast<std::uintptr_t>(p) + offset);
    }
    return f;
  }
  return BoxVisitor<F>(layout, f).visit(operand.origin);
}

/// An axis of a box, its stride made positive.
struct BoxAxis {
  std::ptrdiff_t extent;
  std::ptrdiff_t byte_stride;
};

/// The axes behind the last pointer that move, smallest stride first, merged where they are one stretch.
InlineVector<BoxAxis, 4> box_axes(const Layout& layout) {
  InlineVector<BoxAxis, 4> axes;
  for (const Axis& axis : layout.axes()) {
    if (axis.level != layout.indirections() || axis.extent == 1) continue;
    const BoxAxis added{axis.extent, std::abs(axis.byte_stride)};
    std::size_t at = 0;
    while (at < axes.size() && axes[at].byte_stride < added.byte_stride) ++at;
    axes.insert(at, added);
  }
  for (std::size_t i = 1; i < axes.size();) {
    if (axes[i].byte_stride == axes[i - 1].byte_stride * axes[i - 1].extent) {
      axes[i - 1].extent *= axes[i].extent;
      axes.erase(i);
    } else {
      ++i;
    }
  }
  return axes;
}

/// Whether each axis steps over all that the smaller ones reach: then no two indices meet.
bool is_nested(const InlineVector<BoxAxis, 4>& axes, std::ptrdiff_t itemsize) noexcept {
  std::ptrdiff_t reach = itemsize;
  for (const BoxAxis& axis : axes) {
    if (axis.byte_stride < reach) return false;
    reach += (axis.extent - 1) * axis.byte_stride;
  }
  return true;
}

/// Elements are enumerated in stretches along the innermost axis that has at least so many: short stretches are
/// many, and long ones with large strides cross each other.
constexpr std::ptrdiff_t long_stretch = 16;

std::size_t stretch_axis(const InlineVector<BoxAxis, 4>& axes) noexcept {
  std::size_t longest = 0;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    if (axes[a].extent >= long_stretch) return a;
    if (axes[a].extent > axes[longest].extent) longest = a;
  }
  return longest;
}

__extension__ using Wide = __int128;

std::ptrdiff_t floor_divided(std::ptrdiff_t a, std::ptrdiff_t b) noexcept {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

/// x with a * x == gcd (mod b), by Euclid's algorithm. @pre a, b > 0
std::ptrdiff_t bezout(std::ptrdiff_t a, std::ptrdiff_t b) noexcept {
  std::ptrdiff_t x = 1, next_x = 0;
  while (b != 0) {
    const std::ptrdiff_t quotient = a / b;
    std::tie(a, b) = std::pair(b, a % b);
    std::tie(x, next_x) = std::pair(next_x, x - quotient * next_x);
  }
  return x;
}

/// Whether i * a.byte_stride - j * b.byte_stride == distance for some i, j in range. @pre both strides > 0
bool meet_at(const Stretch& a, const Stretch& b, std::ptrdiff_t distance) noexcept {
  const std::ptrdiff_t s = a.byte_stride, t = b.byte_stride;
  const std::ptrdiff_t gcd = std::gcd(s, t);
  if (distance % gcd != 0) return false;
  // All i of solutions are i0 + k * (t / gcd); j follows as (i * s - distance) / t and rises with i.
  const std::ptrdiff_t period = t / gcd;
  const auto reduced = static_cast<Wide>(bezout(s, t)) * (distance / gcd) % period;
  const auto i0 = static_cast<std::ptrdiff_t>(reduced < 0 ? reduced + period : reduced);
  // The smallest i of that residue with j >= 0, then look whether it is within both.
  const std::ptrdiff_t least = std::max<std::ptrdiff_t>(0, -floor_divided(-distance, s));  // ceil(distance / s)
  const std::ptrdiff_t i = least + ((i0 - least) % period + period) % period;
  return i < a.count && (static_cast<Wide>(i) * s - distance) / t < b.count;
}

bool begins_before(const Stretch& a, const Stretch& b) noexcept {
  return std::pair(a.backing, a.first) < std::pair(b.backing, b.first);
}

/// Stretches that begin before the one that comes next and may reach into it. They come sorted by where they begin.
class StretchSweep {
 public:
  /// Whether an open stretch shares a byte with this one, which is then opened too if `opens`.
  bool meets(const Stretch& stretch, bool opens) {
    if (gave_up_) return false;
    std::erase_if(open_, [&](const Stretch& s) { return s.backing != stretch.backing || s.end() <= stretch.first; });
    tests_ += open_.size();
    gave_up_ = tests_ > most_tests;
    const bool met = std::any_of(open_.begin(), open_.end(), [&](const Stretch& s) { return share_bytes(s, stretch); });
    if (opens) open_.push_back(stretch);
    return met;
  }
  void open(const Stretch& stretch) {
    if (!gave_up_) open_.push_back(stretch);
  }

  /// Whether so many stretches cross each other that not all were looked at.
  [[nodiscard]] bool gave_up() const noexcept { return gave_up_; }

 private:
  static constexpr std::size_t most_tests = std::size_t{1} << 22;

  std::vector<Stretch> open_;
  std::size_t tests_ = 0;
  bool gave_up_ = false;
};

/// One element, or what of it lies in one piece of memory.
struct Item {
  std::uint64_t backing;
  std::uintptr_t begin, end;
  bool is_second;  ///< belongs to the second of two operands

  friend bool operator<(const Item& a, const Item& b) noexcept {
    return std::pair(a.backing, a.begin) < std::pair(b.backing, b.begin);
  }
};

void add_items(std::vector<Item>& items, const std::vector<Stretch>& stretches, bool is_second) {
  for (const Stretch& s : stretches)
    for (std::ptrdiff_t i = 0; i < s.count; ++i) {
      const std::uintptr_t begin = s.first + static_cast<std::uintptr_t>(i * s.byte_stride);
      items.push_back({s.backing, begin, begin + static_cast<std::uintptr_t>(s.itemsize), is_second});
    }
}

/// Whether two items share a byte: of different operands, or any two if there is one operand only.
bool items_meet(std::vector<Item> items, bool of_different_operands) {
  std::sort(items.begin(), items.end());
  std::array<std::uintptr_t, 2> highest_end{};
  std::uint64_t backing = 0;
  for (const Item& item : items) {
    if (item.backing != backing) highest_end = {};
    backing = item.backing;
    const std::size_t mine = item.is_second ? 1 : 0, other = of_different_operands ? 1 - mine : mine;
    if (item.begin < highest_end[other]) return true;
    highest_end[mine] = std::max(highest_end[mine], item.end);
  }
  return false;
}

/// Adds the parts of a stretch that lie in one piece of physical memory each: elements as they are, and of an element
/// across a cut its bytes on either side.
void cut_into_pieces(const Stretch& stretch, std::vector<Stretch>& parts) {
  const std::ptrdiff_t item = stretch.itemsize, step = std::max<std::ptrdiff_t>(stretch.byte_stride, 1);
  std::ptrdiff_t piece_begin = 0;  // counted from the stretch's first byte
  memory::visit_physical(
      reinterpret_cast<const std::byte*>(stretch.first), static_cast<std::size_t>(stretch.end() - stretch.first),
      [&](const memory::PhysicalRange& piece) {
        const std::ptrdiff_t piece_end = piece_begin + static_cast<std::ptrdiff_t>(piece.bytes);
        const auto add = [&](std::ptrdiff_t begin, std::ptrdiff_t stride, std::ptrdiff_t count,
                             std::ptrdiff_t itemsize) {
          if (count > 0)
            parts.push_back({piece.backing, piece.offset_bytes + static_cast<std::uintptr_t>(begin - piece_begin),
                             stride, count, itemsize});
        };
        const auto clamped = [&](std::ptrdiff_t i) { return std::clamp<std::ptrdiff_t>(i, 0, stretch.count); };
        // Elements that touch the piece are [from, to), those that lie in it whole [whole_from, whole_to).
        const std::ptrdiff_t from = clamped(floor_divided(piece_begin - item, step) + 1);
        const std::ptrdiff_t to = clamped(floor_divided(piece_end - 1, step) + 1);
        const std::ptrdiff_t whole_from = clamped(floor_divided(piece_begin - 1, step) + 1);
        const std::ptrdiff_t whole_to = std::max(whole_from, clamped(floor_divided(piece_end - item, step) + 1));
        add(whole_from * step, stretch.byte_stride, whole_to - whole_from, item);
        for (std::ptrdiff_t i = from; i < to; ++i) {
          if (i == whole_from) i = whole_to;
          if (i >= to) break;
          const std::ptrdiff_t begin = std::max(i * step, piece_begin), end = std::min(i * step + item, piece_end);
          add(begin, 1, end - begin, 1);
        }
        piece_begin = piece_end;
      });
}

}  // namespace

bool share_bytes(const Stretch& a, const Stretch& b) noexcept {
  if (a.backing != b.backing || a.first >= b.end() || b.first >= a.end()) return false;
  // An element that stands alone is a stretch of any stride.
  Stretch x = a, y = b;
  if (x.count == 1) x.byte_stride = std::max<std::ptrdiff_t>(y.byte_stride, 1);
  if (y.count == 1) y.byte_stride = x.byte_stride;
  if (x.byte_stride == 0) x.byte_stride = x.count = 1;
  if (y.byte_stride == 0) y.byte_stride = y.count = 1;
  // Packed stretches leave no gap that the other could lie in.
  if (x.byte_stride <= x.itemsize && y.byte_stride <= y.itemsize) return true;
  const auto distance = static_cast<std::ptrdiff_t>(y.first - x.first);
  for (std::ptrdiff_t shift = 1 - x.itemsize; shift < y.itemsize; ++shift)
    if (meet_at(x, y, distance + shift)) return true;
  return false;
}

Footprint::Footprint(const WalkOperand& operand) : operand_(&operand) {
  const Layout& layout = *operand.layout;
  const ByteRange reach = reached_bytes(layout, layout.indirections(), operand.itemsize);
  box_first_ = reach.first;
  box_bytes_ = reach.last - reach.first;
  struct Count {
    std::ptrdiff_t bytes;
    std::uintptr_t previous = 0;  // so that the first box counts as a step up
    std::uintptr_t lowest = UINTPTR_MAX, highest = 0;
    std::ptrdiff_t boxes = 0, steps_up = 0, steps_down = 0;

    void operator()(std::uintptr_t start) noexcept {
      const auto step = static_cast<std::ptrdiff_t>(start - previous);
      steps_up += step >= bytes ? 1 : 0;
      steps_down += step <= -bytes ? 1 : 0;
      lowest = std::min(lowest, start);
      highest = std::max(highest, start);
      previous = start;
      ++boxes;
    }
  };
  const Count count = visit_boxes(operand, Count{box_bytes_});
  boxes_ = {count.lowest, count.highest, count.boxes,
            count.steps_up == count.boxes || count.steps_down == count.boxes - 1};
  if (!memory::has_aliases()) return;
  const auto [begin, end] = range();
  memory::visit_physical(reinterpret_cast<const std::byte*>(begin), end - begin,
                         [this](const memory::PhysicalRange& piece) { may_alias_ = may_alias_ || piece.backing != 0; });
}

std::pair<std::uintptr_t, std::uintptr_t> Footprint::range() const noexcept {
  const auto first = static_cast<std::uintptr_t>(box_first_);
  return {boxes_.lowest + first, boxes_.highest + first + static_cast<std::uintptr_t>(box_bytes_)};
}

bool Footprint::repeats_elements() const {
  const InlineVector<BoxAxis, 4> axes = box_axes(*operand_->layout);
  if (is_nested(axes, operand_->itemsize)) {
    if (!may_alias_ && (boxes_.are_sorted || !boxes_touch())) return false;
  } else if (!axes.empty() && axes[0].byte_stride == 0) {
    return true;
  }
  return share_memory_among(stretches());
}

void sort_stretches(std::vector<Stretch>& stretches) {
  std::sort(stretches.begin(), stretches.end(), begins_before);
}

bool share_memory_among(const std::vector<Stretch>& all) {
  if (std::any_of(all.begin(), all.end(), [](const Stretch& s) { return s.count > 1 && s.byte_stride < s.itemsize; }))
    return true;
  StretchSweep sweep;
  for (const Stretch& stretch : all)
    if (sweep.meets(stretch, true)) return true;
  if (!sweep.gave_up()) return false;
  std::vector<Item> items;
  add_items(items, all, false);
  return items_meet(std::move(items), false);
}

bool share_memory(const Footprint& a, const Footprint& b, bool must_be_exact) {
  return share_memory(a.stretches(), b.stretches(), must_be_exact);
}

bool share_memory(const std::vector<Stretch>& of_a, const std::vector<Stretch>& of_b, bool must_be_exact) {
  StretchSweep open_a, open_b;
  auto next_a = of_a.begin();
  auto next_b = of_b.begin();
  while (next_a != of_a.end() || next_b != of_b.end()) {
    const bool is_a = next_b == of_b.end() || (next_a != of_a.end() && begins_before(*next_a, *next_b));
    const Stretch& next = is_a ? *next_a++ : *next_b++;
    if ((is_a ? open_b : open_a).meets(next, false)) return true;
    (is_a ? open_a : open_b).open(next);
  }
  if (!open_a.gave_up() && !open_b.gave_up()) return false;
  if (!must_be_exact) return true;
  std::vector<Item> items;
  add_items(items, of_a, false);
  add_items(items, of_b, true);
  return items_meet(std::move(items), true);
}

/// Whether two boxes come closer than one box's bytes. Linear: boxes are thrown into buckets of at most half their size,
/// so that only neighbouring buckets can hold boxes that touch.
bool Footprint::boxes_touch() const {
  if (boxes_.count < 2) return false;
  const auto bytes = static_cast<std::uintptr_t>(box_bytes_);
  const int shift = static_cast<int>(std::bit_width(bytes)) - 1;  // a bucket is at most as large as a box ...
  const std::uintptr_t buckets = ((boxes_.highest - boxes_.lowest) >> shift) + 1;
  constexpr std::size_t reach = 2;  // ... and more than half as large
  std::array<std::uintptr_t, 512> small;
  std::vector<std::uintptr_t> starts;
  if (buckets <= static_cast<std::uintptr_t>(16 * boxes_.count)) {
    const std::size_t size = buckets + 2 * reach;
    std::vector<std::uintptr_t> large(size > small.size() ? size : 0);
    std::uintptr_t* const bucket = large.empty() ? small.data() : large.data();
    std::fill_n(bucket, size, 0);
    struct Throw {
      std::uintptr_t lowest, bytes;
      int shift;
      std::uintptr_t* bucket;
      bool touch = false;

      void operator()(std::uintptr_t start) noexcept {
        std::uintptr_t* const mine = bucket + ((start - lowest) >> shift) + reach;
        // Distances from -(bytes - 1) to bytes - 1 touch; an empty bucket is farther away than that.
        for (const std::uintptr_t* b = mine - reach; b <= mine + reach; ++b)
          touch |= *b - start + (bytes - 1) < 2 * bytes - 1;
        *mine = start;
      }
    };
    return visit_boxes(*operand_, Throw{boxes_.lowest, bytes, shift, bucket}).touch;
  }
  visit_boxes(*operand_, [&](std::uintptr_t start) { starts.push_back(start); });
  std::sort(starts.begin(), starts.end());
  return std::adjacent_find(starts.begin(), starts.end(),
                            [bytes](std::uintptr_t a, std::uintptr_t b) { return b - a < bytes; }) != starts.end();
}

bool Footprint::crosses(const Footprint& other) const {
  const auto [begin, end] = range();
  const auto [other_begin, other_end] = other.range();
  if (begin < other_end && other_begin < end) return true;
  // Two addresses of one memory: only the stretches tell.
  return may_alias_ && other.may_alias_;
}

std::vector<Stretch> Footprint::stretches() const {
  InlineVector<BoxAxis, 4> axes = box_axes(*operand_->layout);
  while (!axes.empty() && axes[0].byte_stride == 0) axes.erase(0);  // the same elements again
  const std::size_t along = stretch_axis(axes);
  Stretch stretch;
  stretch.itemsize = operand_->itemsize;
  stretch.count = axes.empty() ? 1 : axes[along].extent;
  stretch.byte_stride = axes.empty() ? operand_->itemsize : axes[along].byte_stride;

  std::vector<Stretch> all;
  const auto add = [&](std::uintptr_t first) {
    stretch.first = first;
    if (!memory::has_aliases()) {
      all.push_back(stretch);
      return;
    }
    cut_into_pieces(stretch, all);
  };
  // An odometer over the other axes of each box.
  visit_boxes(*operand_, [&](std::uintptr_t start) {
    InlineVector<std::ptrdiff_t, 4> index;
    for (std::size_t a = 0; a < axes.size(); ++a) index.push_back(0);
    for (;;) {
      std::uintptr_t first = start + static_cast<std::uintptr_t>(box_first_);
      for (std::size_t a = 0; a < axes.size(); ++a)
        first += static_cast<std::uintptr_t>(index[a] * axes[a].byte_stride);
      add(first);
      std::size_t a = axes.size();
      while (a-- > 0) {
        if (a == along) continue;
        if (++index[a] < axes[a].extent) break;
        index[a] = 0;
      }
      if (a == SIZE_MAX) return;
    }
  });
  sort_stretches(all);
  return all;
}

}  // namespace imgbuf::walk
