#pragma once

#include <array>
#include <cstddef>

#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/sink.hpp"

namespace imgbuf::codecs::jpeg {

/// libjpeg's destination: a buffer that goes to a `Sink` whenever it is full.
class DestinationManager {
 public:
  explicit DestinationManager(Sink& sink);
  DestinationManager(const DestinationManager&) = delete;
  DestinationManager& operator=(const DestinationManager&) = delete;

  void attach(jpeg_compress_struct& cinfo) noexcept { cinfo.dest = &hook_; }

 private:
  /// What libjpeg is given: its own structure, and the way back from it.
  struct Hook : jpeg_destination_mgr {
    DestinationManager* owner = nullptr;
  };

  static DestinationManager& of(j_compress_ptr cinfo) noexcept { return *static_cast<Hook*>(cinfo->dest)->owner; }
  static void init(j_compress_ptr cinfo);
  static boolean empty_buffer(j_compress_ptr cinfo);
  static void finish(j_compress_ptr cinfo);

  /// Writes the first `count` bytes of the buffer and starts it anew. False with an exception kept.
  [[nodiscard]] bool flush(j_compress_ptr cinfo, std::size_t count) noexcept;

  Hook hook_{};
  Sink& sink_;
  std::array<std::byte, 64 * 1024> buffer_;
};

}  // namespace imgbuf::codecs::jpeg
