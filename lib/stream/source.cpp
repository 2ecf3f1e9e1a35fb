#include "imgbuf/source.hpp"

#include <algorithm>
#include <cstring>

#include "imgbuf/error.hpp"

namespace imgbuf {

std::span<const std::byte> Source::fill(std::size_t count) {
  if (count > max_fill) throw Error(ErrorCode::invalid_argument, "more bytes asked for than a source buffers", name_);
  if (buffered().size() >= count || at_end_) return buffered();
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(max_fill);

  std::size_t held = buffered().size();
  if (held > 0) std::memmove(buffer_.get(), begin_, held);
  begin_ = end_ = buffer_.get();
  end_ += held;
  while (held < count && !at_end_) {
    const std::size_t got = pull({buffer_.get() + held, max_fill - held});
    held += got;
    end_ += got;
    end_offset_ += got;
    at_end_ = got == 0;
  }
  return buffered();
}

std::size_t Source::read(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto wanted = out.subspan(done);
    if (buffered().empty() && wanted.size() >= max_fill && !at_end_) {
      const std::size_t got = pull(wanted);
      done += got;
      end_offset_ += got;
      at_end_ = got == 0;
      continue;
    }
    const auto held = fill();
    if (held.empty()) break;
    const std::size_t taken = std::min(held.size(), wanted.size());
    std::memcpy(wanted.data(), held.data(), taken);
    consume(taken);
    done += taken;
  }
  return done;
}

bool Source::skip(std::uint64_t count) {
  while (count > 0) {
    const auto held = fill();
    if (held.empty()) return false;
    const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(held.size(), count));
    consume(taken);
    count -= taken;
  }
  return true;
}

void Source::seek(std::uint64_t offset) {
  if (!is_seekable()) throw Error(ErrorCode::unsupported, "cannot seek", name_);
  begin_ = end_ = nullptr;
  at_end_ = false;
  end_offset_ = offset;
  reposition(offset);
}

void Source::reposition(std::uint64_t) {
  throw Error(ErrorCode::unsupported, "cannot seek", name_);
}

}  // namespace imgbuf
