#include "imgbuf/index_expression.hpp"

#include <limits>
#include <optional>
#include <string>

#include "base/out_of_memory.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf {

namespace {

[[noreturn]] void fail(std::size_t column, const std::string& reason) {
  throw Error(ErrorCode::invalid_argument, reason, "character " + std::to_string(column));
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::vector<IndexItem> parse() {
    const bool has_brackets = take('[');
    std::vector<IndexItem> items;
    do {
      skip_spaces();
      if (!items.empty() && at_end(has_brackets)) break;  // a comma may stand behind the last item
      items.push_back(item());
      const bool is_ellipsis = std::holds_alternative<Ellipsis>(items.back().value);
      if (is_ellipsis && has_ellipsis_) fail(items.back().column, "an index can have one '...' only");
      has_ellipsis_ = has_ellipsis_ || is_ellipsis;
    } while (take(','));
    if (has_brackets && !take(']')) unexpected("',' or ']'");
    skip_spaces();
    if (at_ < text_.size()) unexpected(has_brackets ? "the end" : "','");
    return items;
  }

 private:
  [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool at_end(bool has_brackets) const noexcept {
    return has_brackets ? peek() == ']' : at_ == text_.size();
  }

  void skip_spaces() noexcept {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }

  bool take(char c) noexcept {
    skip_spaces();
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  bool take(std::string_view word) noexcept {
    if (!text_.substr(at_).starts_with(word)) return false;
    const std::size_t end = at_ + word.size();
    const bool goes_on =
        is_letter(word.back()) && end < text_.size() && (is_letter(text_[end]) || is_digit(text_[end]));
    if (!goes_on) at_ = end;
    return !goes_on;
  }

  [[noreturn]] void unexpected(const std::string& expected) const {
    if (at_ == text_.size()) fail(at_ + 1, "the index ends where " + expected + " should stand");
    std::size_t bytes = 1;  // a character of UTF-8 whole
    while (at_ + bytes < text_.size() && (static_cast<unsigned char>(text_[at_ + bytes]) & 0xC0U) == 0x80U) ++bytes;
    fail(at_ + 1, "'" + std::string(text_.substr(at_, bytes)) + "' where " + expected + " should stand");
  }

  /// A decimal integer; beyond what fits, the end of what fits.
  std::optional<std::ptrdiff_t> integer() {
    skip_spaces();
    const std::size_t begin = at_;
    bool is_negative = false;
    while (peek() == '-' || peek() == '+' || peek() == ' ') is_negative ^= text_[at_++] == '-';
    if (!is_digit(peek())) {
      if (at_ != begin) unexpected("a digit");
      return {};
    }
    const std::size_t first = at_;
    constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
    std::ptrdiff_t value = 0;
    for (; is_digit(peek()); ++at_) {
      const std::ptrdiff_t digit = peek() - '0';
      value = value > (most - digit) / 10 ? most : value * 10 + digit;
    }
    const std::string_view digits = text_.substr(first, at_ - first);
    if (digits.size() > 1 && digits[0] == '0' && digits.find_first_not_of('0') != std::string_view::npos)
      fail(first + 1, "a number other than 0 begins with 0");
    if (is_letter(peek()) || peek() == '.') unexpected("a digit, ':' or ','");
    return is_negative ? -value : value;
  }

  std::optional<std::ptrdiff_t> slice_end() {
    skip_spaces();
    if (take("None")) return {};
    return integer();
  }

  IndexItem item() {
    const std::size_t column = at_ + 1;
    if (take("...") || take("Ellipsis")) return {Ellipsis{}, column};
    if (take("np.newaxis") || take("numpy.newaxis") || take("newaxis")) return {NewAxis{}, column};
    std::optional<std::ptrdiff_t> start;
    bool is_none = false;
    if (take("None"))
      is_none = true;
    else
      start = integer();
    if (!take(':')) {
      if (start) return {*start, column};
      if (is_none) return {NewAxis{}, column};
      unexpected("an integer, a slice, '...' or None");
    }
    Slice slice{start, slice_end(), 1};
    if (take(':')) {
      skip_spaces();
      const std::size_t step_column = at_ + 1;
      slice.step = slice_end().value_or(1);
      if (slice.step == 0) fail(step_column, "a slice's step is not 0");
    }
    return {slice, column};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool has_ellipsis_ = false;
};

Array selected(const Array& array, const std::vector<IndexItem>& items) {
  int axes_left = array.rank();
  for (const IndexItem& item : items) {
    const bool takes_axis =
        std::holds_alternative<std::ptrdiff_t>(item.value) || std::holds_alternative<Slice>(item.value);
    if (takes_axis && axes_left-- == 0)
      fail(item.column, "there is no axis for it: there are " + std::to_string(array.rank()));
  }
  Array result = array;
  int axis = 0;               // of the result
  int old_axis = 0;           // of the array
  std::vector<int> new_axes;  // after all others, because an axis that is indexed may be one that pointers stand at
  for (const IndexItem& item : items) {
    if (std::holds_alternative<Ellipsis>(item.value)) {
      axis += axes_left;
      old_axis += axes_left;
    } else if (std::holds_alternative<NewAxis>(item.value)) {
      new_axes.push_back(axis + static_cast<int>(new_axes.size()));
    } else if (const Slice* const slice = std::get_if<Slice>(&item.value)) {
      result = result.slice(axis++, *slice);
      ++old_axis;
    } else {
      const std::ptrdiff_t i = std::get<std::ptrdiff_t>(item.value);
      const std::ptrdiff_t extent = array.extent(old_axis);
      if (i < -extent || i >= extent)
        fail(item.column, "index " + std::to_string(i) + " is outside axis " + std::to_string(old_axis) +
                              ", which has " + std::to_string(extent));
      result = result.index(axis, i);
      ++old_axis;
    }
  }
  for (const int position : new_axes) result = result.insert_axis(position);
  return result;
}

}  // namespace

std::vector<IndexItem> parse_index_expression(std::string_view text) {
  return base::or_out_of_memory([&] { return Parser(text).parse(); });
}

Array indexed(const Array& array, const std::vector<IndexItem>& items) {
  return base::or_out_of_memory([&] { return selected(array, items); });
}

}  // namespace imgbuf
