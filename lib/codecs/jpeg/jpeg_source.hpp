#pragma once

#include <cstddef>
#include <cstdint>

#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/source.hpp"

namespace imgbuf::codecs::jpeg {

/// libjpeg's view of a `Source`: it reads the source's own buffer, a window at a time. The end of the data is an error;
/// no pixel is ever made up. Windows are where cancellation and the limit on the header are noticed.
class SourceManager {
 public:
  explicit SourceManager(Source& source);
  SourceManager(const SourceManager&) = delete;
  SourceManager& operator=(const SourceManager&) = delete;

  void attach(jpeg_decompress_struct& cinfo) noexcept { cinfo.src = &hook_; }

  /// Until `end_header` more than about `bytes` bytes are an error: everything that libjpeg keeps of a header comes
  /// from them.
  void limit_header(std::int64_t bytes) noexcept;
  void end_header() noexcept;

 private:
  /// What libjpeg is given: its own structure, and the way back from it.
  struct Hook : jpeg_source_mgr {
    SourceManager* owner = nullptr;
  };

  static SourceManager& of(j_decompress_ptr cinfo) noexcept { return *static_cast<Hook*>(cinfo->src)->owner; }
  static void nothing(j_decompress_ptr) {}
  static boolean fill(j_decompress_ptr cinfo);
  static void skip(j_decompress_ptr cinfo, long count);
  static void finish(j_decompress_ptr cinfo);

  /// Drops what libjpeg has read of the window. False with an exception kept, or none at the end of the data.
  [[nodiscard]] bool next_window(j_decompress_ptr cinfo) noexcept;
  [[nodiscard]] bool skip_beyond_window(j_decompress_ptr cinfo, std::size_t count) noexcept;
  void release_window() noexcept;
  void spend_header_bytes(std::size_t count);

  Hook hook_;
  Source& source_;
  std::size_t window_bytes_ = 0;
  bool in_header_ = false;
  std::int64_t header_bytes_left_ = 0;
};

}  // namespace imgbuf::codecs::jpeg
