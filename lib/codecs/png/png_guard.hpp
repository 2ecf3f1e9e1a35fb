#pragma once

#include <png.h>

#include <array>
#include <csetjmp>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/error.hpp"

namespace imgbuf::codecs::png {

/// What the callbacks of one libpng struct leave behind for the C++ code that called libpng. libpng leaves an error by
/// longjmp, so a callback must not throw: it keeps what happened here, and `raise` throws it once libpng is left.
class Trouble {
 public:
  /// Keeps the exception that is being handled; the first one counts.
  void keep_exception() noexcept;
  void keep_message(const char* message) noexcept;
  /// Keeps a line until somebody can be told; after too many the rest is dropped with a last line that says so.
  void keep_warning(std::string_view line) noexcept;

  /// Says the warnings kept so far, each after `prefix`.
  void say_warnings(const Context& context, std::string_view prefix);
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }
  [[nodiscard]] std::string_view message() const noexcept { return message_.data(); }

  /// Throws what was kept: a callback's exception unchanged, or libpng's message as an `Error`.
  [[noreturn]] void raise(ErrorCode code, std::string_view place) const;

 private:
  static constexpr std::size_t max_warnings = 50;

  std::array<char, 256> message_{};
  std::exception_ptr exception_;
  std::vector<std::string> warnings_;
};

/// The error and warning functions to create a libpng struct with; their error pointer is a `Trouble`.
[[noreturn]] void on_error(png_structp png, png_const_charp message);
void on_warning(png_structp png, png_const_charp message);

/// Runs calls of libpng. Returns false when libpng reported an error, which then lies in the struct's `Trouble`.
/// @param calls  nothing in it may need a destructor, because an error jumps over it; what it captures lies outside
template <class Calls>
[[nodiscard, gnu::noinline]] bool guarded(png_structp png, const Calls& calls) noexcept {
  static_assert(std::is_trivially_destructible_v<Calls>);
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  calls();
  return true;
}

}  // namespace imgbuf::codecs::png
