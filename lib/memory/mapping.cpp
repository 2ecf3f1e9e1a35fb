#include "memory/mapping.hpp"

#include <sys/mman.h>
#include <unistd.h>

namespace imgbuf::memory {

std::size_t page_bytes() noexcept {
  return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

Mapping::~Mapping() {
  if (data_) munmap(data_, bytes_);
}

}  // namespace imgbuf::memory
