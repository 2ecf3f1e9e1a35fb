#include "imgbuf/index_expression.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();

/// "2 1:None:1 ... None": each item in one spelling.
std::string spelled(std::string_view text) {
  const auto end = [](std::optional<std::ptrdiff_t> value) { return value ? std::to_string(*value) : std::string(); };
  std::string all;
  for (const IndexItem& item : parse_index_expression(text)) {
    if (!all.empty()) all += " ";
    if (const auto* const i = std::get_if<std::ptrdiff_t>(&item.value)) all += std::to_string(*i);
    if (const auto* const s = std::get_if<Slice>(&item.value))
      all += end(s->start) + ":" + end(s->stop) + ":" + std::to_string(s->step);
    if (std::holds_alternative<Ellipsis>(item.value)) all += "...";
    if (std::holds_alternative<NewAxis>(item.value)) all += "None";
  }
  return all;
}

void require_refusal(std::string_view text, std::size_t column, const std::string& reason) {
  CAPTURE(text);
  require_error(ErrorCode::invalid_argument, "character " + std::to_string(column) + ": " + reason,
                [&] { (void)parse_index_expression(text); });
}

std::string shape_of(const Array& array) {
  std::string text;
  for (const Axis& axis : array.layout().axes()) text += std::to_string(axis.extent) + " ";
  return text;
}

Array numbered(const std::vector<std::ptrdiff_t>& shape, const Arrangement& arrangement = {}) {
  return Array::allocate(shape, ElementType::u8, arrangement);
}

}  // namespace

TEST_CASE("an index expression is read as Python reads it", "[image]") {
  CHECK(spelled("1") == "1");
  CHECK(spelled("[-1]") == "-1");
  CHECK(spelled("[::-1, 10:20]") == "::-1 10:20:1");
  CHECK(spelled(" [ 1 : 2 : 3 , ... , None ] ") == "1:2:3 ... None");
  CHECK(spelled(":") == "::1");
  CHECK(spelled("::") == "::1");
  CHECK(spelled("3:") == "3::1");
  CHECK(spelled(":-3") == ":-3:1");
  CHECK(spelled("None:None:None") == "::1");
  CHECK(spelled("None:4") == ":4:1");
  CHECK(spelled("1,2,") == "1 2");
  CHECK(spelled("[1,]") == "1");
  CHECK(spelled("Ellipsis, newaxis, np.newaxis, numpy.newaxis, None") == "... None None None None");
  CHECK(spelled("- 1, +2, --3, - + -4") == "-1 2 3 4");
  CHECK(spelled("000") == "0");
  CHECK(spelled("99999999999999999999:-99999999999999999999") ==
        std::to_string(most) + ":" + std::to_string(-most) + ":1");
}

TEST_CASE("what is no index expression is refused at its place", "[image]") {
  require_refusal("", 1, "the index ends where an integer, a slice, '...' or None should stand");
  require_refusal("[]", 2, "']' where an integer, a slice, '...' or None should stand");
  require_refusal("1,,2", 3, "',' where an integer, a slice, '...' or None should stand");
  require_refusal("[1, x]", 5, "'x' where an integer, a slice, '...' or None should stand");
  require_refusal("[1", 3, "the index ends where ',' or ']' should stand");
  require_refusal("[1] 2", 5, "'2' where the end should stand");
  require_refusal("1]", 2, "']' where ',' should stand");
  require_refusal("1 2", 3, "'2' where ',' should stand");
  require_refusal("1:2:3:4", 6, "':' where ',' should stand");
  require_refusal("::0", 3, "a slice's step is not 0");
  require_refusal("1, ..., 2, ...", 12, "an index can have one '...' only");
  require_refusal("1.5", 2, "'.' where a digit, ':' or ',' should stand");
  require_refusal("1x", 2, "'x' where a digit, ':' or ',' should stand");
  require_refusal("-", 2, "the index ends where a digit should stand");
  require_refusal("1:-x", 4, "'x' where a digit should stand");
  require_refusal("012", 1, "a number other than 0 begins with 0");
  require_refusal("Nones", 1, "'N' where an integer, a slice, '...' or None should stand");
  require_refusal("ä", 1, "'ä' where an integer, a slice, '...' or None should stand");
  require_refusal("..", 1, "'.' where an integer, a slice, '...' or None should stand");
}

TEST_CASE("an index expression selects a view", "[image]") {
  const Array array = numbered({4, 6, 3}, Arrangement::rows());
  const auto at = [&](const std::string& text) { return indexed(array, parse_index_expression(text)); };
  CHECK(shape_of(at("...")) == "4 6 3 ");
  CHECK(shape_of(at("1")) == "6 3 ");
  CHECK(shape_of(at("..., 1")) == "4 6 ");
  CHECK(shape_of(at("1, ..., 2")) == "6 ");
  CHECK(shape_of(at("0, 0, 0")) == "");
  CHECK(shape_of(at("0, 0, 0, ...")) == "");
  CHECK(shape_of(at("None, ::2, None, ..., None")) == "1 2 1 6 3 1 ");
  CHECK(shape_of(at("9:, 1")) == "0 3 ");
  CHECK(at("::-1, 1:5, 2").const_view().address({0, 3}) == array.const_view().address({3, 4, 2}));
  CHECK(at("1").layout().is_direct());

  require_error(ErrorCode::invalid_argument, "character 10: there is no axis for it: there are 3",
                [&] { (void)at("0, 0, 0, 0"); });
  require_error(ErrorCode::invalid_argument, "character 4: index -7 is outside axis 1, which has 6",
                [&] { (void)at("0, -7"); });
  require_error(ErrorCode::invalid_argument,
                "character 1: index " + std::to_string(most) + " is outside axis 0, which has 4",
                [&] { (void)at("99999999999999999999"); });
}
