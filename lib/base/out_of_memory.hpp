#pragma once

#include <new>
#include <stdexcept>
#include <utility>

#include "imgbuf/error.hpp"

namespace imgbuf::base {

/// What `f` returns; where the standard library would say that there is no memory, `Error{out_of_memory}` says it.
template <class F>
decltype(auto) or_out_of_memory(F&& f) {
  constexpr const char* reason = "the system gives no memory for pointer tables, lists of segments and descriptions";
  try {
    return std::forward<F>(f)();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::out_of_memory, reason);
  } catch (const std::length_error&) {  // a vector longer than any memory
    throw Error(ErrorCode::out_of_memory, reason);
  }
}

}  // namespace imgbuf::base
