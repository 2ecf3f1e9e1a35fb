#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "imgbuf/item_format.hpp"
#include "layout/format_code.hpp"

namespace imgbuf::layout {

/// Reads a PEP 3118 format whose elements are all alike. What it needs of memory and stack is bounded whatever the text.
class ItemParser {
 public:
  explicit ItemParser(std::string_view pep3118) noexcept : text_(pep3118) {}

  /// @throws Error{unsupported}
  ItemFormat parse();

 private:
  struct Part;
  struct Member;
  class Members;

  Part members(bool in_structure);
  Member member();
  std::vector<std::ptrdiff_t> shape();
  std::ptrdiff_t number();
  std::string name();

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }
  /// The next character, or 0 at the end.
  [[nodiscard]] char next() const noexcept { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) noexcept;
  void skip_white() noexcept;
  void take_mark() noexcept;
  [[noreturn]] void refuse(std::string_view why, std::size_t position) const;

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  FormatMode mode_;  // PEP 3118: holds until the next mark
};

}  // namespace imgbuf::layout
