#include "wire/codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "wire/record_checks.h"
#include "wire/schema.h"
#include "wire/text.h"

namespace paceline::wire {
namespace {

using desk::CommandKind;

constexpr std::array<std::string_view, desk::command_kind_count> kind_names{
    "open",          "update",       "message",  "assign",          "start",        "requeue",
    "pend",          "resume",       "resolve",  "close",           "reopen",       "cancel",
    "define_queue",  "define_agent", "log_in",   "log_out",         "config_begin", "config_chunk",
    "config_commit", "acknowledge",  "merge",    "import_ticket",   "migrate",      "repair",
    "accept",        "decline",      "withdraw", "set_agent_state", "next",         "escalate",
    "bounce",        "hand_over",    "reassign", "switch_route",    "hold_queue",   "score",
    "reconcile",     "rate"};

/// Checks one frame's vectors against its order and text, and remembers the first thing wrong.
class FrameChecker {
 public:
  FrameChecker(std::span<const std::byte> payload, const schema::Commands& table)
      : payload_(payload) {
    if (const auto* text = table.text()) {
      text_ = {reinterpret_cast<const char*>(text->data()), text->size()};
      reach(text->data(), text->size());
    }
    if (const auto* order = table.order()) {
      order_ = {reinterpret_cast<const CommandKind*>(order->data()), order->size()};
      reach(order->Data(), order->size());
    }
    // The table itself and its description; the verifier has seen the description, not the table.
    const auto* start = reinterpret_cast<const uint8_t*>(&table);
    const auto* described = start - flatbuffers::ReadScalar<flatbuffers::soffset_t>(start);
    reach(described, flatbuffers::ReadScalar<flatbuffers::voffset_t>(described));
    reach(start, flatbuffers::ReadScalar<flatbuffers::voffset_t>(described + 2));
    count_order();
    // A configuration's bytes are no text; otherwise one pass over everything usually settles it.
    all_plain_ = table.config_chunk() == nullptr && is_plain_ascii(text_);
  }

  std::span<const CommandKind> order() const { return order_; }
  std::string_view text() const { return text_; }
  const std::optional<WireError>& error() const { return error_; }

  template <class Struct, class Record>
  void take(CommandKind kind, const flatbuffers::Vector<const Struct*>* vector,
            std::span<const Record>& out) {
    const size_t expected = counts_[static_cast<size_t>(kind)];
    const size_t count = vector == nullptr ? 0 : vector->size();
    if (count == expected && count == 0) return;
    if (error_) return;
    const std::string_view kind_name = kind_names[static_cast<size_t>(kind)];
    if (count != expected) {
      fail(WireErrorKind::counts_disagree, "order lists " + std::to_string(expected) +
                                               " commands of kind " + std::string(kind_name) +
                                               " but their vector has " + std::to_string(count) +
                                               ": list each command once in order");
      return;
    }
    const auto* data = vector->Data();
    if (reinterpret_cast<uintptr_t>(data) % alignof(Record) != 0) {
      fail(WireErrorKind::payload_misaligned,
           "the vector of " + std::string(kind_name) + " does not lie on a " +
               std::to_string(alignof(Record)) + "-byte boundary: use a FlatBuffers builder");
      return;
    }
    reach(data, count * sizeof(Record));
    out = {reinterpret_cast<const Record*>(data), count};
    if constexpr (std::is_same_v<Record, desk::Resolve>) resolves_ = out;
    for (size_t i = 0; i < count; ++i) {
      if (!fits(out[i])) [[unlikely]] {
        explain(kind, i, out[i]);
        return;
      }
    }
  }

  /// Before the resolves they belong to.
  void take_articles(const flatbuffers::Vector<uint16_t>* vector, std::span<const uint16_t>& out) {
    if (vector == nullptr || error_) return;
    const size_t expected = counts_[static_cast<size_t>(CommandKind::resolve)];
    if (vector->size() != expected || expected == 0) {
      fail(WireErrorKind::counts_disagree,
           "order lists " + std::to_string(expected) + " commands of kind resolve but " +
               std::to_string(vector->size()) +
               " sizes of articles: give one for each, 0 where none is cited, or no vector");
      return;
    }
    if (reinterpret_cast<uintptr_t>(vector->Data()) % alignof(uint16_t) != 0) {
      fail(WireErrorKind::payload_misaligned,
           "the vector of resolve_article does not lie on a 2-byte boundary: use a FlatBuffers "
           "builder");
      return;
    }
    reach(vector->Data(), vector->size() * sizeof(uint16_t));
    articles_ = out = {reinterpret_cast<const uint16_t*>(vector->Data()), vector->size()};
  }

  /// What only the whole frame shows.
  void finish() {
    if (error_) return;
    if (text_used_ != text_.size()) {
      fail(WireErrorKind::text_out_of_range,
           "text has " + std::to_string(text_.size()) + " bytes, the commands refer to " +
               std::to_string(text_used_) + " of them: leave the rest out");
      return;
    }
    // A builder pads behind the last vector to the next boundary, with zeros.
    const size_t trailing = payload_.size() - reached_;
    const auto tail = payload_.subspan(reached_);
    if (trailing >= 8 || payload_.size() % 4 != 0 ||
        std::any_of(tail.begin(), tail.end(), [](std::byte b) { return b != std::byte{0}; }))
      fail(WireErrorKind::payload_malformed,
           std::to_string(trailing) +
               " bytes follow the frame's last vector: pad it to its alignment, no more");
  }

 private:
  void count_order() {
    if (order_.empty()) {
      fail(WireErrorKind::empty, "a frame without commands: put at least one into order");
      return;
    }
    std::array<uint32_t, 256> seen{};
    for (const CommandKind kind : order_) ++seen[static_cast<uint8_t>(kind)];
    for (size_t kind = desk::command_kind_count; kind < seen.size(); ++kind) {
      if (seen[kind] == 0) continue;
      fail(WireErrorKind::value_out_of_range, "order lists command kind " + std::to_string(kind) +
                                                  ": kinds are 0 to " +
                                                  std::to_string(desk::command_kind_count - 1));
      return;
    }
    std::copy_n(seen.begin(), counts_.size(), counts_.begin());
  }

  void reach(const uint8_t* data, size_t size) {
    const size_t end =
        static_cast<size_t>(data - reinterpret_cast<const uint8_t*>(payload_.data())) + size;
    if (end > payload_.size())
      fail(WireErrorKind::payload_malformed, "the table ends behind the payload");
    else
      reached_ = std::max(reached_, end);
  }

  template <class Record>
  bool fits(const Record& record) {
    bool in_range = true;
    values(record, [&](const char*, unsigned value, unsigned max) { in_range &= value <= max; });
    return in_range && texts_fit(record);
  }

  /// Texts inside the frame's; all of them together no longer than it, so that none can be referred
  /// to a thousand times; valid.
  template <class Record>
  bool texts_fit(const Record& record) {
    uint64_t size_sum = 0;
    texts(record, [&](uint16_t size) { size_sum += size; });
    size_sum += article_size(record);
    text_used_ += size_sum;
    if (record.text_at + size_sum > text_.size() || text_used_ > text_.size()) return false;
    return all_plain_ || texts_valid(record);
  }
  bool texts_fit(const desk::ConfigChunk& record) {
    text_used_ += record.size;
    return uint64_t{record.text_at} + record.size <= text_.size() && text_used_ <= text_.size();
  }
  bool texts_fit(const desk::ConfigBegin&) { return true; }
  bool texts_fit(const desk::ConfigCommit&) { return true; }

  template <class Record>
  bool texts_valid(const Record& record) const {
    size_t at = record.text_at;
    bool valid = true;
    texts(record, [&](uint16_t size) {
      valid = valid && is_valid_text(text_.substr(at, size));
      at += size;
    });
    valid = valid && is_valid_text(text_.substr(at, article_size(record)));
    return valid;
  }

  template <class Record>
  void explain(CommandKind kind, size_t index, const Record& record) {
    const std::string where =
        std::string(kind_names[static_cast<size_t>(kind)]) + "[" + std::to_string(index) + "]";
    values(record, [&](const char* field, unsigned value, unsigned max) {
      if (value > max)
        fail(WireErrorKind::value_out_of_range, where + ": " + field + " is " +
                                                    std::to_string(value) + ", at most " +
                                                    std::to_string(max) + " is known");
    });
    if (error_) return;
    explain_texts(where, record);
  }
  template <class Record>
  void explain_texts(const std::string& where, const Record& record) {
    if constexpr (requires { texts(record, [](uint16_t) {}); }) {
      uint64_t size_sum = 0;
      texts(record, [&](uint16_t size) { size_sum += size; });
      size_sum += article_size(record);
      if (record.text_at + size_sum <= text_.size() && text_used_ <= text_.size()) {
        fail(WireErrorKind::text_invalid, where + ": a text is not UTF-8 or contains a NUL");
        return;
      }
    }
    fail(WireErrorKind::text_out_of_range,
         where + ": its texts lie outside the frame's text of " + std::to_string(text_.size()) +
             " bytes or share bytes with others': give each command its own");
  }

  /// What comes behind the record's own texts.
  template <class Record>
  uint16_t article_size(const Record& record) const {
    if constexpr (std::is_same_v<Record, desk::Resolve>) {
      if (!articles_.empty()) return articles_[static_cast<size_t>(&record - resolves_.data())];
    }
    return 0;
  }

  void fail(WireErrorKind kind, std::string text) {
    if (!error_) error_ = WireError{kind, "commands frame: " + std::move(text)};
  }

  std::span<const std::byte> payload_;
  std::string_view text_;
  std::span<const CommandKind> order_;
  std::span<const desk::Resolve> resolves_;
  std::span<const uint16_t> articles_;
  std::array<uint32_t, desk::command_kind_count> counts_{};
  bool all_plain_ = false;
  size_t reached_ = 0;      // end of the furthest thing referred to
  uint64_t text_used_ = 0;  // by the commands so far
  std::optional<WireError> error_;
};

/// A vector of structs as our records, in place.
template <class Record, class Struct>
sched::Expected<std::span<const Record>, WireError> records_in_place(
    const flatbuffers::Vector<const Struct*>* vector, const char* what) {
  static_assert(sizeof(Record) == sizeof(Struct));
  if (vector == nullptr || vector->size() == 0) return std::span<const Record>{};
  if (reinterpret_cast<uintptr_t>(vector->Data()) % alignof(Record) != 0)
    return sched::Unexpected{
        WireError{WireErrorKind::payload_misaligned,
                  std::string(what) + ": the vector does not lie on an 8-byte boundary"}};
  return std::span<const Record>(reinterpret_cast<const Record*>(vector->Data()), vector->size());
}

bool in_range(const desk::Event& event) {
  return static_cast<int>(event.kind) < desk::event_kind_count &&
         static_cast<int>(event.state) < desk::state_count &&
         static_cast<int>(event.previous_state) < desk::state_count && event.priority <= 5 &&
         static_cast<int>(event.clock) < desk::clock_kind_count &&
         event.cause <= desk::Cause::configuration;
}

}  // namespace

sched::Expected<desk::CommandFrame, WireError> decode_commands(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Commands>(payload, "commands");
  if (!root) return sched::Unexpected{root.error()};
  const schema::Commands& table = **root;

  FrameChecker checker(payload, table);
  desk::CommandFrame frame;
  frame.desk = {table.desk()};
  frame.first_number = table.first_number();
  frame.order = checker.order();
  frame.text = checker.text();
  checker.take(CommandKind::open, table.open(), frame.open);
  checker.take(CommandKind::update, table.update(), frame.update);
  checker.take(CommandKind::message, table.message(), frame.message);
  checker.take(CommandKind::assign, table.assign(), frame.assign);
  checker.take(CommandKind::start, table.start(), frame.start);
  checker.take(CommandKind::requeue, table.requeue(), frame.requeue);
  checker.take(CommandKind::pend, table.pend(), frame.pend);
  checker.take(CommandKind::resume, table.resume(), frame.resume);
  checker.take_articles(table.resolve_article(), frame.resolve_article);
  checker.take(CommandKind::resolve, table.resolve(), frame.resolve);
  checker.take(CommandKind::close, table.close(), frame.close);
  checker.take(CommandKind::reopen, table.reopen(), frame.reopen);
  checker.take(CommandKind::cancel, table.cancel(), frame.cancel);
  checker.take(CommandKind::define_queue, table.define_queue(), frame.define_queue);
  checker.take(CommandKind::define_agent, table.define_agent(), frame.define_agent);
  checker.take(CommandKind::log_in, table.log_in(), frame.log_in);
  checker.take(CommandKind::log_out, table.log_out(), frame.log_out);
  checker.take(CommandKind::config_begin, table.config_begin(), frame.config_begin);
  checker.take(CommandKind::config_chunk, table.config_chunk(), frame.config_chunk);
  checker.take(CommandKind::config_commit, table.config_commit(), frame.config_commit);
  checker.take(CommandKind::acknowledge, table.acknowledge(), frame.acknowledge);
  checker.take(CommandKind::merge, table.merge(), frame.merge);
  checker.take(CommandKind::import_ticket, table.import_ticket(), frame.import_ticket);
  checker.take(CommandKind::migrate, table.migrate(), frame.migrate);
  checker.take(CommandKind::repair, table.repair(), frame.repair);
  checker.take(CommandKind::accept, table.accept(), frame.accept);
  checker.take(CommandKind::decline, table.decline(), frame.decline);
  checker.take(CommandKind::withdraw, table.withdraw(), frame.withdraw);
  checker.take(CommandKind::set_agent_state, table.set_agent_state(), frame.set_agent_state);
  checker.take(CommandKind::next, table.next(), frame.next);
  checker.take(CommandKind::escalate, table.escalate(), frame.escalate);
  checker.take(CommandKind::bounce, table.bounce(), frame.bounce);
  checker.take(CommandKind::hand_over, table.hand_over(), frame.hand_over);
  checker.take(CommandKind::reassign, table.reassign(), frame.reassign);
  checker.take(CommandKind::switch_route, table.switch_route(), frame.switch_route);
  checker.take(CommandKind::hold_queue, table.hold_queue(), frame.hold_queue);
  checker.take(CommandKind::score, table.score(), frame.score);
  checker.take(CommandKind::reconcile, table.reconcile(), frame.reconcile);
  checker.take(CommandKind::rate, table.rate(), frame.rate);
  checker.finish();
  if (checker.error()) return sched::Unexpected{*checker.error()};
  return frame;
}

void append(Bytes& out, const Replies& replies) {
  append_table(out, MessageKind::replies, [&](flatbuffers::FlatBufferBuilder& builder) {
    const auto records = put_records<schema::Reply>(builder, replies.replies);
    return schema::CreateReplies(builder, replies.desk.value, replies.first_number, records);
  });
}

sched::Expected<Replies, WireError> decode_replies(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Replies>(payload, "replies");
  if (!root) return sched::Unexpected{root.error()};
  const auto records = records_in_place<desk::Reply>((*root)->replies(), "replies");
  if (!records) return sched::Unexpected{records.error()};
  return Replies{{(*root)->desk()}, (*root)->first_number(), *records};
}

void append(Bytes& out, const Events& events) {
  append_table(out, MessageKind::events, [&](flatbuffers::FlatBufferBuilder& builder) {
    const auto records = put_records<schema::Event>(builder, events.events);
    return schema::CreateEvents(builder, events.desk.value, records);
  });
}

sched::Expected<Events, WireError> decode_events(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Events>(payload, "events");
  if (!root) return sched::Unexpected{root.error()};
  const auto records = records_in_place<desk::Event>((*root)->events(), "events");
  if (!records) return sched::Unexpected{records.error()};
  for (size_t i = 0; i < (*records).size(); ++i)
    if (!in_range((*records)[i]))
      return sched::Unexpected{
          WireError{WireErrorKind::value_out_of_range,
                    "events[" + std::to_string(i) +
                        "]: an enumerator is not known here: is the server of a later release?"}};
  return Events{{(*root)->desk()}, *records};
}

void append(Bytes& out, const Busy& busy) {
  append_table(out, MessageKind::busy, [&](flatbuffers::FlatBufferBuilder& builder) {
    return schema::CreateBusy(builder, busy.desk.value, busy.first_number, busy.tag,
                              busy.retry_after_us);
  });
}

sched::Expected<Busy, WireError> decode_busy(std::span<const std::byte> payload) {
  const auto root = verified_root<schema::Busy>(payload, "busy");
  if (!root) return sched::Unexpected{root.error()};
  return Busy{
      {(*root)->desk()}, (*root)->first_number(), (*root)->tag(), (*root)->retry_after_us()};
}

}  // namespace paceline::wire
