#include <algorithm>
#include <utility>

#include "imgbuf/source.hpp"

namespace imgbuf {

namespace {

class MemorySource final : public Source {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string name, std::shared_ptr<void> keeper)
      : Source(std::move(name)), bytes_(bytes), keeper_(std::move(keeper)) {
    set_buffer(bytes_);
  }

  [[nodiscard]] bool is_seekable() const noexcept override { return true; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  [[nodiscard]] std::span<const std::byte> contents() override { return bytes_; }

 protected:
  std::size_t pull(std::span<std::byte>) override { return 0; }
  void reposition(std::uint64_t offset) override {
    set_buffer(bytes_.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes_.size()))));
  }

 private:
  std::span<const std::byte> bytes_;
  std::shared_ptr<void> keeper_;
};

}  // namespace

std::unique_ptr<Source> Source::memory(std::span<const std::byte> bytes, std::string name,
                                       std::shared_ptr<void> keeper) {
  return std::make_unique<MemorySource>(bytes, std::move(name), std::move(keeper));
}

}  // namespace imgbuf
