#include <catch2/catch.hpp>
#include <cstddef>
#include <vector>

#include "imgbuf/buffer_protocol.hpp"
#include "imgbuf/layout.hpp"

namespace {

using namespace imgbuf;
using Numbers = std::vector<std::ptrdiff_t>;

struct Answers {
  Numbers shape, strides, suboffsets;
  bool c, f;
};

// What CPython answers for elements of one byte. To ask again:
//     from _testbuffer import *
//     a = ndarray([1] * 400, shape=SHAPE, strides=STRIDES, offset=200, format='B')    # with suboffsets: flags=ND_PIL
//     [is_contiguous(a, order) for order in 'CFA']                                    # A: either of the two
const std::vector<Answers> cpython{
    {{}, {}, {}, true, true},
    {{5}, {1}, {}, true, true},
    {{5}, {2}, {}, false, false},
    {{5}, {-1}, {}, false, false},
    {{2}, {0}, {}, false, false},
    {{1}, {7}, {}, true, true},
    {{1}, {-3}, {}, true, true},
    {{0}, {9}, {}, true, true},
    {{2, 3}, {3, 1}, {}, true, false},
    {{2, 3}, {1, 2}, {}, false, true},
    {{2, 3}, {4, 1}, {}, false, false},
    {{2, 2}, {2, -1}, {}, false, false},
    {{1, 3}, {99, 1}, {}, true, true},
    {{3, 1}, {1, 99}, {}, true, true},
    {{1, 1}, {50, -50}, {}, true, true},
    {{0, 3}, {-9, 2}, {}, true, true},
    {{3, 0}, {77, 5}, {}, true, true},
    {{2, 1, 3}, {3, -40, 1}, {}, true, false},
    {{2, 1, 3}, {1, -40, 2}, {}, false, true},
    {{2, 3, 4}, {12, 4, 1}, {}, true, false},
    {{2, 3, 4}, {1, 2, 6}, {}, false, true},
    {{2, 3, 4}, {4, 8, 1}, {}, false, false},
    {{2, 3}, {8, 1}, {0, -1}, false, false},
    {{1, 3}, {8, 1}, {0, -1}, false, false},
    {{1, 1}, {8, 1}, {0, -1}, false, false},
    {{3}, {8}, {0}, false, false},
    {{1}, {8}, {0}, false, false},
    {{0}, {8}, {0}, false, false},
    {{0, 3}, {8, 1}, {0, -1}, false, false},
    {{3, 0}, {8, 1}, {0, -1}, false, false},
};

TEST_CASE("contiguity answers are CPython's") {
  for (const Answers& answers : cpython) {
    const Layout layout = import_buffer_shape(answers.shape, answers.strides, answers.suboffsets);
    CAPTURE(layout.describe());
    CHECK(is_c_contiguous(layout, 1) == answers.c);
    CHECK(is_f_contiguous(layout, 1) == answers.f);
    CHECK(is_contiguous(layout, 1) == (answers.c || answers.f));
  }
}

TEST_CASE("contiguity counts in elements and survives what keeps the memory whole") {
  const Layout c = Layout::contiguous(Numbers{2, 3, 4}, 2);
  CHECK(is_c_contiguous(c, 2));
  CHECK_FALSE(is_contiguous(c, 1));
  CHECK(is_f_contiguous(c.transpose(), 2));
  CHECK_FALSE(is_contiguous(c.permute({1, 0, 2}), 2));
  CHECK_FALSE(is_contiguous(c.slice(1, {0, 2}).layout, 2));
  CHECK(is_c_contiguous(c.slice(0, {0, 1}).layout, 2));
  CHECK(is_contiguous(c.slice(1, {0, 0}).layout, 2));
  CHECK(is_c_contiguous(c.insert_axis(1), 2));
}

TEST_CASE("a stride that no size reaches is not contiguous") {
  // 2 x 2^62 does not fit, so that no third axis can follow without a gap.
  const std::ptrdiff_t huge = std::ptrdiff_t{1} << 62;
  CHECK(is_c_contiguous(Layout{{1, 0, 0}, {2, huge, 0}}, huge));
  CHECK_FALSE(is_c_contiguous(Layout{{2, 0, 0}, {2, huge, 0}}, huge));
}

TEST_CASE("the bytes that a level reaches run from its lowest to its highest") {
  const Layout image{{4, 100, 0}, {5, -6, 0}, {3, 2, 0}};
  CHECK(reached_bytes(image, 0, 2) == ByteRange{-24, 306});
  CHECK(reached_bytes(image, 0, 2).size() == 330);
  CHECK(reached_bytes(Layout(), 0, 8) == ByteRange{0, 8});
  CHECK(reached_bytes(Layout{{4, 100, 0}, {0, -6, 0}}, 0, 2) == ByteRange{});
  CHECK(reached_bytes(Layout{{4, 0, 0}}, 0, 2) == ByteRange{0, 2});
  const Layout rows({{4, -16, 0}, {5, 3, 1}}, {7});
  CHECK(reached_bytes(rows, 0, 1) == ByteRange{-48, sizeof(void*)});
  CHECK(reached_bytes(rows, 1, 1) == ByteRange{0, 13});
}

}  // namespace
