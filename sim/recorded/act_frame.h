// Recorded commands of any kind, gathered into the frame of a batch.
//
// Owner: one thread.  Allocates: buffers, reused.
#pragma once

#include <tuple>
#include <utility>

#include "sim/recorded/command_fields.h"
#include "sim/recorded/recorded_day.h"

namespace paceline::sim {

class ActFrame {
 public:
  void add(const RecordedCommand& command) {
    with_kind(command.kind, [&](auto kind) {
      auto record = command.as<CommandOf<kind()>>();
      if constexpr (requires { record.text_at; }) record.text_at = text_size();
      std::get<kind()>(commands_).push_back(record);
    });
    order_.push_back(command.kind);
    text_ += command.text;
  }
  bool empty() const { return order_.empty(); }
  size_t size() const { return order_.size(); }
  /// Valid until the next call. Who sent it is the caller's to fill in.
  desk::CommandFrame frame() const {
    desk::CommandFrame frame;
    frame.order = order_;
    frame.text = text_;
    [&]<size_t... Kind>(std::index_sequence<Kind...>) {
      ((frame.*std::get<Kind>(frame_parts) = std::get<Kind>(commands_)), ...);
    }
    (every_kind());
    return frame;
  }
  void clear() {
    order_.clear();
    text_.clear();
    std::apply([](auto&... commands) { (commands.clear(), ...); }, commands_);
  }

 private:
  using every_kind = std::make_index_sequence<desk::command_kind_count>;
  template <size_t... Kind>
  static std::tuple<std::vector<CommandOf<Kind>>...> lists(std::index_sequence<Kind...>);

  uint32_t text_size() const { return static_cast<uint32_t>(text_.size()); }

  std::vector<desk::CommandKind> order_;
  std::string text_;
  decltype(lists(every_kind())) commands_;
};

/// How long the texts of a command are together: a visitor for each_field().
struct TextSize {
  size_t size = 0;
  template <class Size>
  void text(const char*, Size& of) {
    size += of;
  }
  template <class Number>
  void number(const char*, Number&) {}
};

/// A command of a frame, on its own: its record with its texts.
template <class Command>
RecordedCommand recorded(desk::CommandKind kind, Command command, std::string_view frame_text) {
  TextSize sum;
  RecordedCommand out;
  out.kind = kind;
  each_field(command, sum);
  if constexpr (requires { command.text_at; }) {
    out.text = frame_text.substr(command.text_at, sum.size);
    command.text_at = 0;
  }
  out.set(command);
  return out;
}

}  // namespace paceline::sim
