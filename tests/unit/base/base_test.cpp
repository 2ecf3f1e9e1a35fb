#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "imgbuf/context.hpp"
#include "imgbuf/error.hpp"
#include "imgbuf/executor.hpp"
#include "imgbuf/version.hpp"
#include "support/require_error.hpp"

namespace {

using namespace imgbuf;
using imgbuf::test::require_error;

TEST_CASE("an error names place and reason in one line") {
  const Error inner(ErrorCode::corrupt_data, "bad filter", "row 3");
  CHECK(std::string(inner.what()) == "row 3: bad filter");
  const Error outer = inner.within("photo.png");
  CHECK(std::string(outer.what()) == "photo.png: row 3: bad filter");
  CHECK(outer.place() == "photo.png: row 3");
  CHECK(outer.reason() == "bad filter");
  CHECK(outer.code() == ErrorCode::corrupt_data);
  CHECK(std::string(Error(ErrorCode::cancelled, "cancelled").within("a").what()) == "a: cancelled");
  CHECK(to_string(ErrorCode::truncated_data) == "truncated_data");
}

TEST_CASE("an error keeps the system's number wherever it is said to be") {
  CHECK(Error(ErrorCode::corrupt_data, "bad filter").system_error() == 0);
  const Error error(ErrorCode::io_failure, "cannot read: no", "a.png", 5);
  CHECK(error.system_error() == 5);
  CHECK(error.within("folder").system_error() == 5);
  CHECK(error.about("b.png").system_error() == 5);
}

TEST_CASE("a context passes on progress and warnings and can be cancelled") {
  Context context;
  context.progress(1, 2);  // without callbacks nothing happens
  context.warn("unheard");
  std::vector<std::string> lines;
  context.on_warning = [&](std::string_view line) { lines.emplace_back(line); };
  context.warn("heard");
  CHECK(lines == std::vector<std::string>{"heard"});
  CHECK_NOTHROW(context.check_cancelled());
  std::thread([&] { context.cancel(); }).join();
  require_error(ErrorCode::cancelled, "cancelled", [&] { context.check_cancelled(); });
  context.count_scratch_bytes(5);
  context.count_scratch_bytes(6);
  CHECK(context.scratch_bytes() == 11);
}

TEST_CASE("executors run each index once") {
  for (Executor* executor : {&serial_executor(), &default_executor(), &default_executor(2), &default_executor(100)}) {
    std::vector<std::atomic<int>> calls(1000);
    executor->parallel_for(1000, [&](std::ptrdiff_t i) { ++calls[static_cast<std::size_t>(i)]; });
    CHECK(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));
    CHECK(executor->concurrency() >= 1);
    executor->parallel_for(0, [](std::ptrdiff_t) { FAIL("nothing to do"); });
    CHECK_THROWS_WITH(executor->parallel_for(10, [](std::ptrdiff_t) { throw std::runtime_error("body"); }), "body");
  }
  CHECK(&default_executor(1) == &serial_executor());
}

TEST_CASE("the version has three numbers") {
  CHECK(std::count(version().begin(), version().end(), '.') == 2);
}

}  // namespace
