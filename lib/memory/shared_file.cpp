#include "memory/shared_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::memory {

namespace {

#ifdef __linux__

[[noreturn]] void refuse(std::size_t bytes, int error) {
  const bool is_missing = error == ENOSYS || error == EPERM;
  throw Error(is_missing ? ErrorCode::unsupported : ErrorCode::out_of_memory,
              "the system gives no " + std::to_string(bytes) + " bytes of shared memory: " + std::strerror(error));
}

/// Closed in programs that this one starts, so that the memory does not outlive its images there.
int open_memory(std::size_t bytes) {
  if (bytes > static_cast<std::size_t>(std::numeric_limits<off_t>::max())) refuse(bytes, ENOMEM);
  const int descriptor = memfd_create("imgbuf", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) refuse(bytes, errno);
  // Whoever shares the memory cannot take pages away under a mapping, which would be a SIGBUS for its reader.
  if (ftruncate(descriptor, static_cast<off_t>(bytes)) != 0 ||
      fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    const int error = errno;
    close(descriptor);
    refuse(bytes, error);
  }
  return descriptor;
}

#else

int open_memory(std::size_t) {
  throw Error(ErrorCode::unsupported, "shared memory needs Linux");
}

#endif

std::uint64_t next_id() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

SharedFile::SharedFile(int descriptor, std::size_t bytes) noexcept
    : descriptor_(descriptor), bytes_(bytes), id_(next_id()) {}

SharedFile::~SharedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::shared_ptr<const SharedFile> SharedFile::create(std::size_t bytes) {
  const auto file = std::make_shared<SharedFile>(-1, bytes);  // first: nothing may throw between opening and owning
  file->descriptor_ = open_memory(bytes);
  return file;
}

std::byte* SharedFile::map_with(int flags, std::size_t offset_bytes, std::size_t bytes, Access access,
                                std::byte* at) const noexcept {
  const int protection = access == Access::read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  void* const data = mmap(at, bytes, protection, MAP_SHARED | flags, descriptor_, static_cast<off_t>(offset_bytes));
  return data == MAP_FAILED ? nullptr : static_cast<std::byte*>(data);
}

std::byte* SharedFile::map(std::size_t offset_bytes, std::size_t bytes, Access access,
                           std::byte* fixed) const noexcept {
  return map_with(fixed ? MAP_FIXED : 0, offset_bytes, bytes, access, fixed);
}

bool SharedFile::map_into_free(std::size_t offset_bytes, std::size_t bytes, Access access,
                               std::byte* at) const noexcept {
#ifdef MAP_FIXED_NOREPLACE
  std::byte* const data = map_with(MAP_FIXED_NOREPLACE, offset_bytes, bytes, access, at);
  if (data == at) return true;
  if (data) munmap(data, bytes);  // kernels before 4.17 take the address for a wish
#else
  (void)offset_bytes, (void)bytes, (void)access, (void)at;
#endif
  return false;
}

}  // namespace imgbuf::memory
