#pragma once

#include "codecs/jpeg/jpeg_errors.hpp"
#include "codecs/jpeg/libjpeg.hpp"

namespace imgbuf::codecs::jpeg {

/// libjpeg's progress monitor, called for each row of blocks: where cancellation and the limit on scans are noticed
/// while libjpeg works through a whole file within one call.
class ProgressMonitor {
 public:
  ProgressMonitor() noexcept {
    hook_.owner = this;
    hook_.progress_monitor = monitor;
  }
  ProgressMonitor(const ProgressMonitor&) = delete;
  ProgressMonitor& operator=(const ProgressMonitor&) = delete;

  template <class Info>
  void attach(Info& cinfo) noexcept {
    cinfo.progress = &hook_;
  }

  /// Decoding only. @param place  named by the error when there are more scans
  void limit_scans(int max_scans, std::string_view place) {
    max_scans_ = max_scans;
    place_ = place;
  }

 private:
  struct Hook : jpeg_progress_mgr {
    ProgressMonitor* owner = nullptr;
  };

  static void monitor(j_common_ptr cinfo);
  [[nodiscard]] bool may_go_on(j_common_ptr cinfo) noexcept;

  Hook hook_{};
  int max_scans_ = 0;
  std::string place_;
};

}  // namespace imgbuf::codecs::jpeg
