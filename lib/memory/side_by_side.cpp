#include "memory/side_by_side.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "memory/mapping.hpp"

namespace imgbuf::memory {

namespace {

/// Mappings that this library holds for ranges of pieces, gaps included.
std::atomic<std::size_t> mapping_count{0};

class CountedMappings {
 public:
  explicit CountedMappings(std::size_t count) noexcept : count_(count) {
    mapping_count.fetch_add(count_, std::memory_order_relaxed);
  }
  CountedMappings(const CountedMappings&) = delete;
  CountedMappings& operator=(const CountedMappings&) = delete;
  ~CountedMappings() { mapping_count.fetch_sub(count_, std::memory_order_relaxed); }

 private:
  std::size_t count_;
};

/// What a range keeps. Released from the last to the first: nobody asks for the pieces any more when they are unmapped.
struct Range {
  Range(Storage k, Mapping m, std::size_t mappings, std::vector<MappedPiece> pieces)
      : kept(std::move(k)), mapping(std::move(m)), counted(mappings), registered(std::move(pieces)) {}

  Storage kept;
  Mapping mapping;
  CountedMappings counted;
  CountedAlias alias;
  RegisteredPieces registered;
};

/// @see vm.max_map_count in the kernel's documentation of sysctl; 65530 is its default
std::size_t most_mappings() {
  static const std::size_t most = [] {
    std::size_t count = 0;
    return std::ifstream("/proc/sys/vm/max_map_count") >> count ? count : std::size_t{65530};
  }();
  return most;
}

std::size_t mappings_of(const std::vector<PlacedPiece>& pieces) noexcept {
  std::size_t count = pieces.size();
  std::size_t end = 0;
  for (const PlacedPiece& piece : pieces) {
    if (piece.at_bytes != end) ++count;
    end = piece.at_bytes + piece.bytes;
  }
  return count;
}

std::string system_reason() {
  return std::string("the system does not map the pieces: ") + std::strerror(errno);
}

}  // namespace

std::string reason_not_to_map(const std::vector<PlacedPiece>& pieces) {
  const std::size_t wanted = mappings_of(pieces);
  const std::size_t budget = most_mappings() / 2;
  const std::size_t used = mapping_count.load(std::memory_order_relaxed);
  if (used <= budget && wanted <= budget - used) return {};
  return "it takes " + std::to_string(wanted) + " mappings, and of the " + std::to_string(budget) +
         " that are used at most (half of what the system allows a process) " +
         std::to_string(budget - std::min(used, budget)) + " are left";
}

namespace {

/// Whether pieces cover a range of addresses without gaps.
bool is_gapless(std::size_t bytes, const std::vector<PlacedPiece>& pieces) noexcept {
  return mappings_of(pieces) == pieces.size() && pieces.back().at_bytes + pieces.back().bytes == bytes;
}

/// Maps pieces without gaps into addresses that were free a moment ago, which is less work for the system than to replace
/// parts of a reservation one by one. Nothing is mapped when somebody else took some of the addresses meanwhile.
Mapping map_into_free(std::size_t bytes, const std::vector<PlacedPiece>& pieces, Access access) {
  void* const found = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (found == MAP_FAILED) return {};
  munmap(found, bytes);
  auto* const base = static_cast<std::byte*>(found);
  for (const PlacedPiece& piece : pieces) {
    if (piece.place.file->map_into_free(piece.place.offset_bytes, piece.bytes, access, base + piece.at_bytes)) continue;
    if (piece.at_bytes != 0) munmap(base, piece.at_bytes);
    return {};
  }
  return Mapping(base, bytes);
}

/// Maps pieces into a range that is reserved first as a whole, so that nobody else gets addresses between them. What no
/// piece covers is readable and not inaccessible, for those who read a strided array as one block; and what may not be
/// written costs no memory.
Mapping map_into_reserved(std::size_t bytes, const std::vector<PlacedPiece>& pieces, Access access) {
  void* const reserved = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (reserved == MAP_FAILED) return {};
  Mapping mapping(static_cast<std::byte*>(reserved), bytes);
  for (const PlacedPiece& piece : pieces)
    if (!piece.place.file->map(piece.place.offset_bytes, piece.bytes, access, mapping.data() + piece.at_bytes)) {
      const int error = errno;
      mapping = {};
      errno = error;
      break;
    }
  return mapping;
}

}  // namespace

SideBySide map_side_by_side(std::size_t bytes, const std::vector<PlacedPiece>& pieces, Access access, Storage kept) {
  Mapping mapping;
  if (is_gapless(bytes, pieces)) mapping = map_into_free(bytes, pieces, access);
  if (!mapping) mapping = map_into_reserved(bytes, pieces, access);
  if (!mapping) return {nullptr, system_reason()};
  std::byte* const base = mapping.data();
  std::vector<MappedPiece> mapped;
  mapped.reserve(pieces.size());
  for (const PlacedPiece& piece : pieces) mapped.push_back({base + piece.at_bytes, piece.bytes, piece.place});
  const auto range =
      std::make_shared<Range>(std::move(kept), std::move(mapping), mappings_of(pieces), std::move(mapped));
  return {std::shared_ptr<std::byte>(range, base), {}};
}

}  // namespace imgbuf::memory
