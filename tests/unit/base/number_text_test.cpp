#include "base/number_text.hpp"

#include <catch2/catch.hpp>
#include <limits>

using imgbuf::base::number_text;

TEST_CASE("numbers are told in the fewest digits that give them back") {
  CHECK(number_text(0) == "0");
  CHECK(number_text(0.5) == "0.5");
  CHECK(number_text(-0.1) == "-0.1");
  CHECK(number_text(1e-9) == "1e-09");
  CHECK(number_text(255) == "255");
  CHECK(number_text(-std::numeric_limits<double>::max()) == "-1.7976931348623157e+308");
  CHECK(number_text(-std::numeric_limits<double>::denorm_min()) == "-5e-324");
}

TEST_CASE("what is no number has a name, and NaN no sign") {
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(number_text(infinity) == "inf");
  CHECK(number_text(-infinity) == "-inf");
  CHECK(number_text(nan) == "nan");
  CHECK(number_text(-nan) == "nan");
}
