#include "memory/shared_segment.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/storage.hpp"
#include "memory/alignment.hpp"
#include "memory/mapped_pieces.hpp"

namespace imgbuf {

namespace {

/// Unregisters, then unmaps: between the two nobody else can be given the addresses.
struct SharedSegment {
  SharedSegment(memory::Mapping m, memory::SharedPlace place)
      : mapping(std::move(m)), registered({{mapping.data(), mapping.bytes(), std::move(place)}}) {}

  memory::Mapping mapping;
  memory::RegisteredPieces registered;
};

}  // namespace

std::size_t memory::shared_segment_bytes(std::size_t bytes, std::size_t alignment) noexcept {
  const std::size_t page = page_bytes();
  const std::size_t slack = alignment > page ? alignment - page : 0;
  return round_up(bytes == 0 ? 1 : bytes, page) + slack;
}

Segment allocate_shared_segment(std::size_t bytes, std::size_t alignment) {
  memory::require_alignment(alignment);
  const auto refuse = [bytes] {
    throw Error(ErrorCode::out_of_memory, "the system gives no " + std::to_string(bytes) + " bytes of shared memory");
  };
  if (bytes > SIZE_MAX / 2 || alignment > SIZE_MAX / 4 + 1) refuse();
  const std::size_t file_bytes = memory::shared_segment_bytes(bytes, alignment);
  return base::or_out_of_memory([&]() -> Segment {
    auto file = memory::SharedFile::create(file_bytes);
    memory::Mapping mapping(file->map(0, file_bytes, Access::read_write), file_bytes);
    if (!mapping) refuse();
    const auto address = reinterpret_cast<std::uintptr_t>(mapping.data());
    std::byte* const data = mapping.data() + (memory::round_up(address, alignment) - address);
    return {data, bytes, Access::read_write,
            std::make_shared<SharedSegment>(std::move(mapping), memory::SharedPlace{std::move(file), 0})};
  });
}

}  // namespace imgbuf
