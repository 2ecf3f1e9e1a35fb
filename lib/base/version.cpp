#include "imgbuf/version.hpp"

namespace imgbuf {

std::string_view version() noexcept {
  return IMGBUF_VERSION;
}

}  // namespace imgbuf
