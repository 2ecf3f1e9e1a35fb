#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "imgbuf/error.hpp"

namespace imgbuf::test {

/// Requires that `f` throws an `Error` of this code whose message is exactly `message`.
template <class F>
void require_error(ErrorCode code, const std::string& message, F&& f) {
  try {
    f();
  } catch (const Error& error) {
    CHECK(std::string(error.what()) == message);
    CHECK(to_string(error.code()) == to_string(code));
    return;
  }
  FAIL("no error where this one belongs: " << message);
}

}  // namespace imgbuf::test
