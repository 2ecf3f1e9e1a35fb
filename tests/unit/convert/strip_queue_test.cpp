#include "stream/strip_queue.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <thread>
#include <vector>

using imgbuf::stream::StripQueue;

TEST_CASE("a strip queue hands items on in order and ends when closed") {
  StripQueue<int> queue(3);
  std::vector<int> got;
  std::thread consumer([&] {
    while (const auto item = queue.pop()) got.push_back(*item);
  });
  for (int i = 0; i < 1000; ++i) REQUIRE(queue.push(i));
  queue.close();
  consumer.join();
  REQUIRE(got.size() == 1000);
  for (int i = 0; i < 1000; ++i) CHECK(got[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a closed strip queue still gives what is in it and takes nothing more") {
  StripQueue<int> queue(4);
  queue.push(1);
  queue.push(2);
  queue.close();
  CHECK_FALSE(queue.push(3));
  CHECK(queue.pop() == 1);
  CHECK(queue.pop() == 2);
  CHECK_FALSE(queue.pop().has_value());
}

TEST_CASE("an aborted strip queue drops what is in it") {
  StripQueue<std::shared_ptr<int>> queue(4);
  const auto item = std::make_shared<int>(1);
  queue.push(item);
  queue.abort();
  CHECK(item.use_count() == 1);
  CHECK_FALSE(queue.pop().has_value());
}

TEST_CASE("aborting a strip queue wakes a producer that waits for room") {
  StripQueue<int> queue(1);
  queue.push(1);
  bool pushed = true;
  std::thread producer([&] { pushed = queue.push(2); });
  queue.abort();
  producer.join();
  CHECK_FALSE(pushed);
}

TEST_CASE("aborting a strip queue wakes a consumer that waits for an item") {
  StripQueue<int> queue(1);
  bool got = true;
  std::thread consumer([&] { got = queue.pop().has_value(); });
  queue.abort();
  consumer.join();
  CHECK_FALSE(got);
}

TEST_CASE("a strip queue takes no more than its capacity at a time") {
  StripQueue<int> queue(2);
  queue.push(1);
  queue.push(2);
  bool third_was_taken = false;
  std::thread producer([&] { third_was_taken = queue.push(3); });
  CHECK(queue.pop() == 1);
  producer.join();
  CHECK(third_was_taken);
  CHECK(queue.pop() == 2);
  CHECK(queue.pop() == 3);
}
