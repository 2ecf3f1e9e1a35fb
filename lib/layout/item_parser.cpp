#include "layout/item_parser.hpp"

#include <iterator>
#include <optional>

#include "imgbuf/layout.hpp"
#include "layout/checked.hpp"

namespace imgbuf::layout {

namespace {

constexpr std::size_t most_characters = 65536;
constexpr int most_nested = 32;
constexpr std::size_t most_axes = Layout::max_rank;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

}  // namespace

/// Elements side by side, and their bytes.
struct ItemParser::Part {
  ItemFormat item;
  std::ptrdiff_t bytes = 0;
};

/// "(2,3)4B:name:"
struct ItemParser::Member {
  std::size_t position = 0;
  std::vector<std::ptrdiff_t> shape;
  std::ptrdiff_t count = 1;
  ItemFormat item;           ///< what shape and count repeat
  std::ptrdiff_t bytes = 0;  ///< of all repetitions
  std::string name;
};

/// The members of a structure, looked at one by one, so that only the first one and the names are kept.
class ItemParser::Members {
 public:
  explicit Members(const ItemParser& parser) noexcept : parser_(parser) {}

  void add(Member member) {
    ++number_;
    if (!detail::add(bytes_, member.bytes, bytes_)) parser_.refuse("has more bytes than fit", member.position);
    total_count_ += member.count;  // no more than the bytes
    if (!member.name.empty() || !names_.empty()) {
      names_.resize(static_cast<std::size_t>(number_));
      names_.back() = std::move(member.name);
    }
    has_shape_ = has_shape_ || !member.shape.empty();
    if (number_ == 1) {
      first_ = std::move(member);
      return;
    }
    if (member.item.format != first_.item.format)
      parser_.refuse("has elements of different types or byte orders", member.position);
    if (member.item.axes != first_.item.axes)
      parser_.refuse("has structures with different axes or names", member.position);
    if (!odd_one_ && (member.shape != first_.shape || member.count != first_.count)) odd_one_ = member.position;
  }

  /// @param position  where the structure begins
  Part together(std::size_t position) {
    if (number_ == 0) parser_.refuse("has no element", position);
    std::vector<ItemAxis> axes;
    const auto add_count = [&axes](std::ptrdiff_t count) {
      if (count != 1) axes.push_back({count, {}});
    };
    if (!has_shape_ && names_.empty()) {
      add_count(total_count_);
    } else {
      if (odd_one_) parser_.refuse("has members of different shapes", *odd_one_);
      if (number_ > 1 || !names_.empty()) axes.push_back({number_, std::move(names_)});
      for (const std::ptrdiff_t extent : first_.shape) axes.push_back({extent, {}});
      add_count(first_.count);
    }
    std::vector<ItemAxis>& inner = first_.item.axes;
    axes.insert(axes.end(), std::make_move_iterator(inner.begin()), std::make_move_iterator(inner.end()));
    if (axes.size() > most_axes) parser_.refuse("has more than 64 axes", position);
    return {{first_.item.format, std::move(axes)}, bytes_};
  }

 private:
  const ItemParser& parser_;
  Member first_;
  std::ptrdiff_t number_ = 0;
  std::ptrdiff_t total_count_ = 0;
  std::ptrdiff_t bytes_ = 0;
  bool has_shape_ = false;
  std::optional<std::size_t> odd_one_;  // the first member whose shape or count is another
  std::vector<std::string> names_;      // none until a member has one
};

ItemFormat ItemParser::parse() {
  if (text_.size() > most_characters) refuse("has more than 65536 characters", most_characters);
  return members(false).item;
}

ItemParser::Part ItemParser::members(bool in_structure) {
  const std::size_t position = at_;
  Members all(*this);
  for (skip_white(); !at_end() && next() != '}'; skip_white()) all.add(member());
  if (in_structure && !take('}')) refuse("ends inside a structure", at_);
  if (!in_structure && !at_end()) refuse("closes a structure that was not opened", at_);
  return all.together(position);
}

ItemParser::Member ItemParser::member() {
  Member result;
  result.position = at_;
  take_mark();
  if (next() == '(') {
    result.shape = shape();
    take_mark();  // NumPy writes it behind the shape
  }
  if (is_digit(next())) result.count = number();
  const std::size_t code_position = at_;
  if (at_end()) refuse("ends before a code", at_);
  const char code = text_[at_++];
  if (code == 'T' && take('{')) {
    if (++depth_ > most_nested) refuse("has more than 32 nested structures", code_position);
    Part inner = members(true);
    --depth_;
    result.item = std::move(inner.item);
    result.bytes = inner.bytes;
  } else {
    result.item.format = format_of_code(code, mode_, text_, code_position);
    result.bytes = result.item.format.itemsize();
  }
  bool fits = detail::multiply(result.bytes, result.count, result.bytes);
  for (const std::ptrdiff_t extent : result.shape) fits = fits && detail::multiply(result.bytes, extent, result.bytes);
  if (!fits) refuse("has more bytes than fit", result.position);
  if (next() == ':') result.name = name();
  return result;
}

std::vector<std::ptrdiff_t> ItemParser::shape() {
  std::vector<std::ptrdiff_t> extents;
  const std::size_t position = at_++;
  do {
    skip_white();
    if (extents.size() == most_axes) refuse("has more than 64 axes", position);
    extents.push_back(number());
    skip_white();
  } while (take(','));
  if (!take(')')) refuse("has a shape that is not closed", position);
  return extents;
}

std::ptrdiff_t ItemParser::number() {
  const std::size_t position = at_;
  std::ptrdiff_t value = 0;
  bool fits = true;
  for (; is_digit(next()); ++at_)
    fits = fits && detail::multiply(value, 10, value) && detail::add(value, next() - '0', value);
  if (at_ == position) refuse("has a shape without an extent", position);
  if (!fits) refuse("has more bytes than fit", position);
  if (value == 0) refuse("has a count of 0", position);
  return value;
}

std::string ItemParser::name() {
  const std::size_t position = at_++;
  const std::size_t end = text_.find(':', at_);
  if (end == std::string_view::npos) refuse("has a name that is not closed", position);
  const std::string_view name = text_.substr(at_, end - at_);
  at_ = end + 1;
  return std::string(name);
}

bool ItemParser::take(char c) noexcept {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void ItemParser::skip_white() noexcept {
  while (next() == ' ' || (next() >= '\t' && next() <= '\r')) ++at_;
}

void ItemParser::take_mark() noexcept {
  const auto mode = format_mode(next());
  if (!mode) return;
  mode_ = *mode;
  ++at_;
  skip_white();
}

void ItemParser::refuse(std::string_view why, std::size_t position) const {
  refuse_format(text_, why, position);
}

}  // namespace imgbuf::layout
