#include <utility>

#include "imgbuf/error.hpp"
#include "imgbuf/source.hpp"

namespace imgbuf {

namespace {

class CallbackSource final : public Source {
 public:
  CallbackSource(std::function<std::size_t(std::span<std::byte>)> read, std::string name,
                 std::function<void(std::uint64_t)> seek)
      : Source(std::move(name)), read_(std::move(read)), seek_(std::move(seek)) {
    if (!read_) throw Error(ErrorCode::invalid_argument, "a source needs a read callback", this->name());
  }

  [[nodiscard]] bool is_seekable() const noexcept override { return static_cast<bool>(seek_); }

 protected:
  std::size_t pull(std::span<std::byte> out) override {
    const std::size_t got = read_(out);
    if (got > out.size())
      throw Error(ErrorCode::invalid_argument, "the read callback gave more bytes than it had room for", name());
    return got;
  }
  void reposition(std::uint64_t offset) override { seek_(offset); }

 private:
  std::function<std::size_t(std::span<std::byte>)> read_;
  std::function<void(std::uint64_t)> seek_;
};

}  // namespace

std::unique_ptr<Source> Source::callbacks(std::function<std::size_t(std::span<std::byte>)> read, std::string name,
                                          std::function<void(std::uint64_t)> seek) {
  return std::make_unique<CallbackSource>(std::move(read), std::move(name), std::move(seek));
}

}  // namespace imgbuf
