#pragma once

#include <bitset>
#include <csetjmp>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "codecs/jpeg/libjpeg.hpp"
#include "imgbuf/context.hpp"

namespace imgbuf::codecs::jpeg {

/// What one libjpeg object says and how its errors leave it. libjpeg reports an error by a callback that must not
/// return; ours jumps to the innermost `guarded` call, which then returns false. Nothing is ever printed.
///
/// A callback of ours that catches an exception keeps it here and lets libjpeg fail with any code; `raise` then throws
/// the kept exception instead.
class ErrorState {
 public:
  ErrorState();
  ErrorState(const ErrorState&) = delete;
  ErrorState& operator=(const ErrorState&) = delete;

  /// Makes a libjpeg object report to this one and find it through `of`. Before the object is created.
  template <class Info>
  void attach(Info& cinfo) noexcept {
    cinfo.err = &manager_;
    cinfo.client_data = this;
  }
  static ErrorState& of(j_common_ptr cinfo) noexcept { return *static_cast<ErrorState*>(cinfo->client_data); }

  /// Keeps the exception that is being handled for `raise`.
  void keep_current_exception() noexcept { kept_ = std::current_exception(); }

  /// The context of the call that runs, whose cancellation the callbacks notice; null in between.
  void set_context(Context* context) noexcept { context_ = context; }
  /// Keeps `Error{cancelled}` and returns true when the caller has asked to stop.
  [[nodiscard]] bool is_cancelled() noexcept;

  /// From now on more than `count` markers are an error: libjpeg's list of saved markers takes quadratic time.
  void limit_markers(int count) noexcept { markers_left_ = count; }
  void lift_marker_limit() noexcept { markers_left_ = -1; }

  /// Throws what made a `guarded` call fail.
  [[noreturn]] void raise(std::string_view place);

  /// Passes on the warnings since the last call, each kind once in the life of this object.
  void say_warnings(Context& context, std::string_view place);

  std::jmp_buf jump;  ///< set by `guarded` only

 private:
  static void error_exit(j_common_ptr cinfo);
  static void emit_message(j_common_ptr cinfo, int level);
  static void output_message(j_common_ptr cinfo);

  void note_warning(j_common_ptr cinfo) noexcept;

  jpeg_error_mgr manager_{};
  char message_[JMSG_LENGTH_MAX] = {};  ///< of the error, formatted while libjpeg's object was in the state that had it
  std::exception_ptr kept_;
  Context* context_ = nullptr;
  int markers_left_ = -1;  ///< negative for any number
  std::bitset<JMSG_LASTMSGCODE> seen_;
  std::vector<std::string> warnings_;
};

/// Lets the callbacks notice a context's cancellation while it is in scope.
class ContextScope {
 public:
  ContextScope(ErrorState& errors, Context& context) : errors_(errors) { errors_.set_context(&context); }
  ~ContextScope() { errors_.set_context(nullptr); }
  ContextScope(const ContextScope&) = delete;
  ContextScope& operator=(const ContextScope&) = delete;

 private:
  ErrorState& errors_;
};

}  // namespace imgbuf::codecs::jpeg
