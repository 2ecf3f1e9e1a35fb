#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "codecs/pnm/pnm_header.hpp"
#include "codecs/stored/file_bytes.hpp"
#include "imgbuf/source.hpp"

namespace imgbuf::codecs::pnm {

/// The samples of a plain PNM (P1, P2, P3) as if they were stored as elements in native byte order, one after the other
/// from offset 0. Only goes ahead.
class TextSamples final : public FileBytes {
 public:
  /// @param source  at its offset 0; outlives this
  TextSamples(Source& source, const Header& header);

  [[nodiscard]] std::span<const std::byte> head(std::size_t) override { return {}; }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return std::nullopt; }
  [[nodiscard]] bool is_seekable() const noexcept override { return false; }
  /// @pre whole elements, none of which was read before
  /// @throws Error{corrupt_data} for what is no sample; else as `FileBytes`
  void read_at(std::uint64_t offset, std::span<std::byte> out) override;

 private:
  [[nodiscard]] char next_character();
  [[nodiscard]] char next_visible();
  [[nodiscard]] std::uint32_t next_sample();
  [[nodiscard]] std::uint32_t next_number(char first_digit);

  Source& source_;
  std::uint32_t maximum_;
  std::uint32_t full_;  ///< what the maximum becomes
  bool is_bitmap_;
  std::size_t item_bytes_;
  std::uint64_t position_ = 0;  ///< samples read
};

}  // namespace imgbuf::codecs::pnm
