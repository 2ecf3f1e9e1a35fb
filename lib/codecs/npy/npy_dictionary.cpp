#include <charconv>
#include <optional>
#include <string>

#include "codecs/npy/npy_header.hpp"
#include "codecs/quoted.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::npy {

namespace {

/// Python's literals, one after the other.
class Literals {
 public:
  explicit Literals(std::string_view text) noexcept : text_(text) {}

  /// Takes a character if it is the next.
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c) {
    if (!take(c)) fail(std::string("no '") + c + "'");
  }

  void expect_end() {
    skip_space();
    if (at_ != text_.size()) fail("more than a dictionary");
  }

  /// A text between quotes, without escapes: none of NumPy's own has any.
  std::string_view string() {
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail("no text");
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string_view::npos) fail("a text without an end");
    const std::string_view value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value;
  }

  bool boolean() {
    for (const std::string_view word : {"True", "False"}) {
      skip_space();
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return word == "True";
      }
    }
    fail("neither True nor False");
  }

  /// "(2, 3)", "(2,)"; Python 2 wrote long numbers as 2L.
  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> numbers;
    expect('(');
    while (!take(')')) {
      skip_space();
      std::uint64_t value = 0;
      const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
      if (error != std::errc()) fail("no number");
      at_ = static_cast<std::size_t>(end - text_.data());
      take('L');
      numbers.push_back(value);
      if (take(',')) continue;
      expect(')');
      break;
    }
    return numbers;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::corrupt_data,
                "the header's dictionary has " + what + " at character " + std::to_string(at_));
  }

 private:
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || (text_[at_] >= '\t' && text_[at_] <= '\r'))) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

/// NumPy's names for elements: byte order, kind, bytes. "|" is for elements of one byte; "=" and no byte order, which
/// NumPy reads and does not write, mean the machine's.
std::optional<Format> format_of(std::string_view descr) noexcept {
  struct Name {
    std::string_view name;
    ElementType type;
  };
  using enum ElementType;
  static constexpr Name names[] = {{"u1", u8},  {"i1", i8},  {"u2", u16}, {"i2", i16}, {"u4", u32},
                                   {"i4", i32}, {"f2", f16}, {"f4", f32}, {"f8", f64}, {"b1", u8}};
  const bool has_order = !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string_view::npos;
  const char mark = has_order ? descr[0] : '=';
  const ByteOrder order = mark == '>' ? ByteOrder::big : mark == '<' ? ByteOrder::little : native_byte_order;
  for (const Name& name : names)
    if (descr.substr(has_order ? 1 : 0) == name.name && (mark != '|' || size_of(name.type) == 1))
      return Format(name.type, order);
  return std::nullopt;
}

}  // namespace

Dictionary parse_dictionary(std::string_view text) {
  Dictionary dictionary;
  bool has_descr = false;
  bool has_order = false;
  bool has_shape = false;
  Literals literals(text);
  literals.expect('{');
  while (!literals.take('}')) {
    const std::string_view key = literals.string();
    literals.expect(':');
    if (key == "descr") {
      if (literals.take('[')) throw Error(ErrorCode::unsupported, "the array's elements are structures");
      const std::string_view descr = literals.string();
      const auto format = format_of(descr);
      if (!format) throw Error(ErrorCode::unsupported, "no elements of imgbuf are NumPy's " + quoted(descr));
      dictionary.format = *format;
      dictionary.is_bool = descr.ends_with("b1");
      has_descr = true;
    } else if (key == "fortran_order") {
      dictionary.is_fortran_order = literals.boolean();
      has_order = true;
    } else if (key == "shape") {
      dictionary.shape = literals.tuple();
      has_shape = true;
    } else {
      literals.fail("the unknown key " + quoted(key));
    }
    if (literals.take(',')) continue;
    literals.expect('}');
    break;
  }
  literals.expect_end();
  if (!has_descr || !has_order || !has_shape)
    throw Error(ErrorCode::corrupt_data, "the header's dictionary lacks descr, fortran_order or shape");
  return dictionary;
}

}  // namespace imgbuf::codecs::npy
