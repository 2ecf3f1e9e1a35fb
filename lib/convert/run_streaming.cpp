#include <algorithm>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "convert/job.hpp"
#include "convert/strip_stages.hpp"
#include "imgbuf/error.hpp"
#include "stream/strip_queue.hpp"

namespace imgbuf::conversion {

namespace {

void run_in_one_thread(const Job& job, Writer& writer, Context& context) {
  const auto warn = [&context](std::string_view line) { context.warn(line); };
  SideContext decode(context, warn);
  SideContext encode(context, warn);
  const StripStages stages(job);
  const Image slot = stages.allocate_slot();
  for (std::ptrdiff_t row = 0; row < job.rows.height;) {
    const std::ptrdiff_t count = std::min(job.rows_per_strip, job.rows.height - row);
    stages.fill(slot, count, decode.part);
    stages.drain(slot, count, writer, encode.part);
    row += count;
    context.progress(row, job.rows.height);
  }
  job.reader->finish(decode.part);
}

/// Lines said on one thread to be heard on another.
class WarningBox {
 public:
  void put(std::string_view line) {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  void deliver(const Context& context) {
    std::vector<std::string> lines;
    {
      const std::lock_guard lock(mutex_);
      lines.swap(lines_);
    }
    for (const std::string& line : lines) context.warn(line);
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct FilledStrip {
  std::size_t slot = 0;
  std::ptrdiff_t rows = 0;
};

/// A conversion whose decoder works in a thread of its own. Slots go round: free, filled, free.
class TwoThreads {
 public:
  TwoThreads(const Job& job, Context& context)
      : job_(job),
        context_(context),
        decode_(context, [this](std::string_view line) { warnings_.put(line); }),
        encode_(context, [&context](std::string_view line) { context.warn(line); }),
        stages_(job),
        free_(static_cast<std::size_t>(job.strips)),
        filled_(static_cast<std::size_t>(job.strips)) {
    for (int i = 0; i < job.strips; ++i) {
      slots_.push_back(stages_.allocate_slot());
      free_.push(static_cast<std::size_t>(i));
    }
  }

  void run(Writer& writer) {
    std::thread decoder = start_decoder();
    guarded([&] { encode_rows(writer); }, free_);
    decoder.join();
    // What the decoder said before an error is heard as well, and an error that came first stays the one thrown.
    guarded([this] { warnings_.deliver(context_); }, free_);
    if (first_error_) std::rethrow_exception(first_error_);
  }

 private:
  std::thread start_decoder() {
    try {
      return std::thread([this] { guarded([this] { decode_rows(); }, filled_); });
    } catch (const std::system_error& error) {
      throw Error(ErrorCode::out_of_memory, "no thread can be started: " + error.code().message());
    }
  }

  /// Runs one side. Its error is kept unless the other side's came first, and stops the other side.
  template <class Side, class Queue>
  void guarded(Side&& side, Queue& output) noexcept {
    try {
      side();
      output.close();
    } catch (...) {
      {
        const std::lock_guard lock(error_mutex_);
        if (!first_error_) first_error_ = std::current_exception();
      }
      decode_.part.cancel();
      encode_.part.cancel();
      free_.abort();
      filled_.abort();
    }
  }

  void decode_rows() {
    for (std::ptrdiff_t row = 0; row < job_.rows.height;) {
      const auto slot = free_.pop();
      if (!slot) return;
      const std::ptrdiff_t count = std::min(job_.rows_per_strip, job_.rows.height - row);
      stages_.fill(slots_[*slot], count, decode_.part);
      if (!filled_.push({*slot, count})) return;
      row += count;
    }
    job_.reader->finish(decode_.part);
  }

  void encode_rows(Writer& writer) {
    std::ptrdiff_t row = 0;
    while (const auto strip = filled_.pop()) {
      stages_.drain(slots_[strip->slot], strip->rows, writer, encode_.part);
      free_.push(strip->slot);
      row += strip->rows;
      warnings_.deliver(context_);
      context_.progress(row, job_.rows.height);
    }
  }

  const Job& job_;
  Context& context_;
  WarningBox warnings_;
  SideContext decode_;
  SideContext encode_;
  StripStages stages_;
  std::vector<Image> slots_;
  stream::StripQueue<std::size_t> free_;
  stream::StripQueue<FilledStrip> filled_;
  std::mutex error_mutex_;
  std::exception_ptr first_error_;
};

}  // namespace

void run_streaming(const Job& job, Writer& writer, Context& context) {
  if (job.threads == 1) {
    run_in_one_thread(job, writer, context);
  } else {
    TwoThreads(job, context).run(writer);
  }
}

}  // namespace imgbuf::conversion
