#pragma once

#include <atomic>
#include <cstddef>
#include <span>

#include "imgbuf/context.hpp"
#include "imgbuf/function_ref.hpp"
#include "imgbuf/inline_vector.hpp"
#include "imgbuf/walk.hpp"
#include "walk/element_transfer.hpp"
#include "walk/parts.hpp"
#include "walk/plan.hpp"

namespace imgbuf::walk {

/// Runs parts of a plan: finds where the blocks of each operand are and calls the kernel. Blocks that a kernel cannot see
/// where they are are moved to scratch memory first, and back afterwards when it may have written.
class BlockRunner {
 public:
  /// Borrows all of its arguments.
  BlockRunner(const Plan& plan, std::span<const WalkOperand> operands, std::span<const PlannedOperand> planned,
              const Context& context);

  /// Thread-safe. Leaves early, without an error, once `stop` is set by another part.
  void run(const Part& part, FunctionRef<void(const Block&)> kernel, const std::atomic<bool>& stop) const;

 private:
  /// An operand that passes through scratch memory.
  struct Lane {
    std::size_t operand = 0;
    Use use = Use::update;
    std::ptrdiff_t itemsize = 1;       ///< in memory
    std::ptrdiff_t seen_itemsize = 1;  ///< as the kernel sees it
    Move move = nullptr;
    Convert to_seen = nullptr;    ///< null when types are the same
    Convert from_seen = nullptr;  ///< null when types are the same
    [[nodiscard]] bool keeps_what_it_showed() const noexcept { return to_seen && use == Use::update; }

    std::ptrdiff_t seen_offset = 0;    ///< of what the kernel sees in the scratch memory
    std::ptrdiff_t moved_offset = 0;   ///< of the elements in their own type; the same when it is the seen type
    std::ptrdiff_t before_offset = 0;  ///< of what the kernel was shown, when it may leave elements of another type
  };
  /// The largest piece of a block that a kernel is called with.
  struct Chunks {
    std::ptrdiff_t rows = 1;
    std::ptrdiff_t columns = 1;
  };
  using Index = InlineVector<std::ptrdiff_t, 6>;

  void run_by_cursors(const Part& part, FunctionRef<void(const Block&)> kernel, const std::atomic<bool>& stop) const;
  void run_by_index(const Part& part, FunctionRef<void(const Block&)> kernel, const std::atomic<bool>& stop) const;
  /// Whether no other part has failed. @throws Error{cancelled}
  [[nodiscard]] bool may_go_on(const std::atomic<bool>& stop) const {
    if (context_.cancelled()) context_.check_cancelled();
    return !stop.load(std::memory_order_relaxed);
  }
  [[nodiscard]] Chunks chunks_of(const Part& part) const noexcept;
  void add_lanes();
  void place_lanes();
  template <class F>
  void for_each_stretch(const Lane& lane, Index& index, std::ptrdiff_t rows, std::ptrdiff_t columns, F&& f) const;
  void convert_changes(const Lane& lane, std::ptrdiff_t count, std::byte* scratch) const;
  void gather(const Lane& lane, Index& index, std::ptrdiff_t rows, std::ptrdiff_t columns, std::byte* scratch) const;
  void scatter(const Lane& lane, Index& index, std::ptrdiff_t rows, std::ptrdiff_t columns, std::byte* scratch) const;
  [[nodiscard]] Index index_of(std::ptrdiff_t outer) const;
  void advance(Index& index) const noexcept;
  [[nodiscard]] bool is_lane(std::size_t operand) const noexcept;

  const Plan& plan_;
  std::span<const WalkOperand> operands_;
  std::span<const PlannedOperand> planned_;
  const Context& context_;
  InlineVector<Lane, 2> lanes_;
  std::ptrdiff_t scratch_bytes_ = 0;                     ///< that one thread needs
  std::ptrdiff_t most_elements_ = 0;                     ///< of one call of the kernel
  InlineVector<std::ptrdiff_t, 4> column_byte_strides_;  ///< as the kernel sees them
  bool unit_columns_ = false;
};

}  // namespace imgbuf::walk
