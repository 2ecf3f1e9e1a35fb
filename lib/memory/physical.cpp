#include "memory/physical.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <new>

#include "memory/mapped_pieces.hpp"
#include "memory/survive_fork.hpp"

namespace imgbuf::memory {

namespace {

std::uintptr_t address_of(const std::byte* p) noexcept {
  return reinterpret_cast<std::uintptr_t>(p);
}

std::atomic<std::size_t> alias_count{0};

/// All registered pieces by the address of their first byte. Never destroyed, because images of any lifetime use it.
class Registry {
 public:
  static Registry& instance() noexcept {
    alignas(Registry) static std::byte place[sizeof(Registry)];
    static Registry& registry = *new (place) Registry;
    static const bool once = (survive_fork<mutex_of_instance>(), true);
    (void)once;
    return registry;
  }

  void add(const RegisteredPieces& pieces) {
    const std::lock_guard lock(mutex_);
    ranges_.emplace(address_of(pieces.pieces().front().data), &pieces);
  }

  void remove(const RegisteredPieces& pieces) noexcept {
    const std::lock_guard lock(mutex_);
    ranges_.erase(address_of(pieces.pieces().front().data));
  }

  /// Calls `f` under the lock with the first piece that ends after `address`, or with null.
  template <class F>
  auto with_piece_after(std::uintptr_t address, F f) {
    const std::lock_guard lock(mutex_);
    auto range = ranges_.upper_bound(address);
    if (range != ranges_.begin())
      if (const MappedPiece* piece = piece_after(*std::prev(range)->second, address)) return f(piece);
    return f(range == ranges_.end() ? nullptr : &range->second->pieces().front());
  }

 private:
  static std::mutex& mutex_of_instance() { return instance().mutex_; }

  static const MappedPiece* piece_after(const RegisteredPieces& range, std::uintptr_t address) noexcept {
    const auto& pieces = range.pieces();
    const auto found = std::partition_point(pieces.begin(), pieces.end(), [address](const MappedPiece& piece) {
      return address_of(piece.data) + piece.bytes <= address;
    });
    return found == pieces.end() ? nullptr : &*found;
  }

  std::mutex mutex_;
  std::map<std::uintptr_t, const RegisteredPieces*> ranges_;
};

/// Made when the library is loaded: a child forked while another thread made it would wait for that thread for ever.
[[maybe_unused]] const Registry& made_at_load = Registry::instance();

}  // namespace

RegisteredPieces::RegisteredPieces(std::vector<MappedPiece> pieces) : pieces_(std::move(pieces)) {
  Registry::instance().add(*this);
}

RegisteredPieces::~RegisteredPieces() {
  Registry::instance().remove(*this);
}

std::optional<MappedPiece> find_piece(const std::byte* address) {
  return Registry::instance().with_piece_after(address_of(address),
                                               [&](const MappedPiece* piece) -> std::optional<MappedPiece> {
                                                 if (!piece || !piece->holds(address, 1)) return std::nullopt;
                                                 return *piece;
                                               });
}

std::optional<SharedPlace> find_shared(const std::byte* address, std::size_t bytes) {
  const std::optional<MappedPiece> piece = find_piece(address);
  if (!piece || !piece->holds(address, bytes)) return std::nullopt;
  const std::size_t inside = address_of(address) - address_of(piece->data);
  return SharedPlace{piece->place.file, piece->place.offset_bytes + inside};
}

CountedAlias::CountedAlias() noexcept {
  alias_count.fetch_add(1, std::memory_order_release);
}

CountedAlias::~CountedAlias() {
  alias_count.fetch_sub(1, std::memory_order_release);
}

bool has_aliases() noexcept {
  return alias_count.load(std::memory_order_acquire) != 0;
}

void visit_physical(const std::byte* begin, std::size_t bytes, FunctionRef<void(const PhysicalRange&)> f) {
  // One piece at a time, so that `f` runs without the lock. The caller's memory stays mapped meanwhile.
  for (std::uintptr_t at = address_of(begin); bytes != 0;) {
    const PhysicalRange range = Registry::instance().with_piece_after(at, [&](const MappedPiece* piece) {
      if (!piece) return PhysicalRange{0, at, bytes};
      const std::uintptr_t piece_begin = address_of(piece->data);
      if (piece_begin > at) return PhysicalRange{0, at, std::min<std::size_t>(bytes, piece_begin - at)};
      const std::size_t inside = at - piece_begin;
      return PhysicalRange{piece->place.file->id(), piece->place.offset_bytes + inside,
                           std::min(bytes, piece->bytes - inside)};
    });
    f(range);
    at += range.bytes;
    bytes -= range.bytes;
  }
}

}  // namespace imgbuf::memory
