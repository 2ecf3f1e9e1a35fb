#include "python/wide_integers.hpp"

#include <pybind11/pybind11.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "imgbuf/walk.hpp"
#include "python/buffer_import.hpp"
#include "python/integer_range.hpp"
#include "python/without_gil.hpp"

namespace imgbuf::python {

namespace {

/// An integer as a double that becomes the nearest value of `target`.
template <class Integer>
double narrowed(Integer value, ElementType target) {
  // Rounded once: a float that had been a double before would be rounded twice.
  if (target == ElementType::f32) return static_cast<float>(value);
  if (!is_floating_point(target)) {
    const IntegerRange range = range_of(target);
    const bool fits = std::cmp_less_equal(range.least, value) && std::cmp_less_equal(value, range.most);
    if (!fits) refuse_integer(std::to_string(value), target);
  }
  return static_cast<double>(value);
}

}  // namespace

std::optional<WideIntegers> parse_wide_integers(std::string_view pep3118) noexcept {
  WideIntegers integers;
  bool is_native_size = true;
  if (!pep3118.empty() && std::string_view("@=<>!^").find(pep3118[0]) != std::string_view::npos) {
    const char mark = pep3118[0];
    is_native_size = mark == '@' || mark == '^';
    if (mark == '<') integers.order = ByteOrder::little;
    if (mark == '>' || mark == '!') integers.order = ByteOrder::big;
    pep3118.remove_prefix(1);
  }
  if (pep3118.size() != 1) return {};
  const char code = pep3118[0];
  integers.is_signed = code == 'q' || code == 'l' || code == 'n';
  const bool is_wide = code == 'q' || code == 'Q' ||
                       (is_native_size && sizeof(long) == 8 && (code == 'l' || code == 'L')) ||
                       (is_native_size && sizeof(std::size_t) == 8 && (code == 'n' || code == 'N'));
  if (!is_wide) return {};
  return integers;
}

Array narrowed(std::shared_ptr<Py_buffer> buffer, const WideIntegers& integers, ElementType target) {
  const Array wide = array_over(std::move(buffer), "d");  // only for where the elements are

  const WithoutGil unlocked;
  const Array result = Array::allocate(wide.layout().shape(), ElementType::f64);
  const AnyView out = result.view();
  const AnyConstView in = wide.const_view();
  const std::array<WalkOperand, 2> operands{
      WalkOperand{out.origin(), &out.layout(), 8, Use::write},
      WalkOperand{const_cast<std::byte*>(in.origin()), &in.layout(), 8, Use::read}};
  const auto kernel = [&](const Block& block) {
    for (std::ptrdiff_t r = 0; r < block.rows; ++r) {
      std::byte* to = block.pointers[0] + r * block.row_byte_strides[0];
      const std::byte* from = block.pointers[1] + r * block.row_byte_strides[1];
      for (std::ptrdiff_t c = 0; c < block.columns; ++c) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, from + c * block.column_byte_strides[1], sizeof bits);
        if (integers.order != native_byte_order) bits = __builtin_bswap64(bits);
        const double value =
            integers.is_signed ? narrowed(static_cast<std::int64_t>(bits), target) : narrowed(bits, target);
        std::memcpy(to + c * block.column_byte_strides[0], &value, sizeof value);
      }
    }
  };
  walk_blocks(operands, kernel, Context());
  return result;
}

}  // namespace imgbuf::python
