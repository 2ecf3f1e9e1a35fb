#include "imgbuf/inline_vector.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <utility>
#include <vector>

namespace {

using imgbuf::InlineVector;
using Small = InlineVector<int, 3>;

/// 0, 1, … in a vector that keeps up to three of them inside.
Small counted(int count) {
  Small values;
  for (int i = 0; i < count; ++i) values.push_back(i);
  return values;
}

std::vector<int> listed(const Small& values) {
  return {values.begin(), values.end()};
}

bool is_inside(const Small& values) {
  const auto* first = reinterpret_cast<const std::byte*>(&values);
  const auto* data = reinterpret_cast<const std::byte*>(values.data());
  return data >= first && data < first + sizeof values;
}

TEST_CASE("a vector holds its first elements inside and more on the heap") {
  CHECK(counted(0).empty());
  CHECK(is_inside(counted(3)));
  CHECK_FALSE(is_inside(counted(4)));
  CHECK(listed(counted(9)) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(Small{0, 1, 2, 3} == counted(4));
  CHECK_FALSE(counted(3) == counted(4));
}

TEST_CASE("copies and moves of inline vectors keep the elements, whichever side is on the heap") {
  for (const int from : {0, 2, 3, 4, 7}) {
    for (const int to : {0, 2, 3, 4, 7}) {
      CAPTURE(from, to);
      const Small source = counted(from);
      Small copied = counted(to);
      copied = source;
      CHECK(copied == source);
      Small original = source;
      Small moved = counted(to);
      moved = std::move(original);
      CHECK(moved == source);
      // What was moved from is empty, and good to use again.
      CHECK(original.empty());  // NOLINT: the state after a move is what is looked at
      for (int i = 0; i < to; ++i) original.push_back(i);
      CHECK(original == counted(to));
      CHECK(moved == source);
    }
  }
  Small self = counted(5);
  const Small& alias = self;
  self = alias;
  CHECK(self == counted(5));
}

TEST_CASE("elements are inserted and erased anywhere in an inline vector") {
  for (const int count : {0, 2, 3, 4, 7}) {
    for (std::size_t at = 0; at <= static_cast<std::size_t>(count); ++at) {
      CAPTURE(count, at);
      Small values = counted(count);
      std::vector<int> expected = listed(values);
      values.insert(at, 99);
      expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), 99);
      CHECK(listed(values) == expected);
      values.erase(at);
      CHECK(values == counted(count));
    }
  }
  Small full = counted(3);
  full.push_back(full[0]);  // the element moves with the growth
  full.insert(0, full[2]);
  CHECK(listed(full) == std::vector<int>{2, 0, 1, 2, 0});
}

}  // namespace
