#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/sink.hpp"

namespace imgbuf::conversion {

/// Keeps what a writer says before the output is opened, so that a plan can ask a started writer for its needs although
/// nothing may be written yet. Once connected it passes everything on.
class RelaySink final : public Sink {
 public:
  explicit RelaySink(std::string name) : Sink(std::move(name)) {}

  void write(std::span<const std::byte> bytes) override {
    byte_count_ += static_cast<std::int64_t>(bytes.size());
    if (target_ != nullptr) {
      target_->write(bytes);
    } else {
      kept_.insert(kept_.end(), bytes.begin(), bytes.end());
    }
  }

  /// @param target  outlives the writing
  void connect(Sink& target) {
    target_ = &target;
    if (!kept_.empty()) target.write(kept_);
    kept_ = {};
  }

  [[nodiscard]] std::int64_t byte_count() const noexcept { return byte_count_; }

 private:
  Sink* target_ = nullptr;
  std::vector<std::byte> kept_;
  std::int64_t byte_count_ = 0;
};

}  // namespace imgbuf::conversion
