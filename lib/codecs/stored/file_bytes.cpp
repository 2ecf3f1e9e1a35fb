#include "codecs/stored/file_bytes.hpp"

#include <cstring>

#include "imgbuf/error.hpp"

namespace imgbuf::codecs {

namespace {

[[noreturn]] void fail_at_end(std::uint64_t offset, std::size_t bytes) {
  throw Error(ErrorCode::truncated_data,
              "the file ends too early: no " + std::to_string(bytes) + " bytes at offset " + std::to_string(offset));
}

}  // namespace

void MemoryBytes::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset > bytes_.size() || bytes_.size() - offset < out.size()) fail_at_end(offset, out.size());
  if (!out.empty()) std::memcpy(out.data(), bytes_.data() + offset, out.size());
}

void SourceBytes::go_to(std::uint64_t offset) {
  if (offset == position_) return;
  const bool is_ahead = offset > position_;
  const bool is_buffered = is_ahead && offset - position_ <= source_.buffered().size();
  if (is_buffered || (is_ahead && !source_.is_seekable())) {
    source_.skip(offset - position_);  // past the end there is nothing to read, which reading says
  } else {
    source_.seek(offset);
  }
  position_ = offset;
}

void SourceBytes::read_at(std::uint64_t offset, std::span<std::byte> out) {
  // A file's size is known sooner than a seek far past its end would fail.
  if (size_ && (offset > *size_ || *size_ - offset < out.size())) fail_at_end(offset, out.size());
  go_to(offset);
  const std::size_t got = source_.read(out);
  position_ += got;
  if (got != out.size()) fail_at_end(offset, out.size());
}

}  // namespace imgbuf::codecs
