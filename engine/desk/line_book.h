// Lines of a desk by what their tickets wait for, and kinds of work by what they take.
//
//     ticket ─▶ (queue, routing step, kind of work, language, clearance) ─▶ line of the dispatcher
//
// A line is made, with those of its later steps, when the first ticket that waits for it comes, and
// stays: another configuration changes its terms, not its number. Kinds of work follow from the
// desk's work rules and the queues' weights; there are at most sched::Dispatcher::work_kinds_max.
//
// Owner: shard thread.  Allocates: when a line is made or terms change.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/desk/configuration.h"
#include "engine/desk/rulebook.h"
#include "engine/desk/ticket.h"
#include "sched/base/hash_index.h"
#include "sched/dispatch.h"

namespace paceline::desk {

/// A kind of work, and how much of its shift an agent must have left for it.
struct Work {
  sched::WorkKind kind;  ///< `channel`: dictionary position + 1; 0: any.
  int64_t min_fit_us = 0;
  friend bool operator==(const Work&, const Work&) = default;
};

/// What kinds of work follow from.
struct WorkSources {
  std::vector<const QueueDefinition*> queues;
  const std::vector<WorkRule>* rules = nullptr;
  std::vector<std::string_view> agents_channels;  ///< That some agent is limited to, once each.
  std::function<uint32_t(std::string_view)> channel_number;  ///< Dictionary position.
};
/// Every kind of work there can be; stops beyond `max`.
std::vector<Work> kinds_of_work(const WorkSources& sources, size_t max);

class LineBook {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  LineBook(Rulebook& rules, sched::Dispatcher& dispatcher)
      : rules_(rules), dispatcher_(dispatcher) {}

  struct Key {
    uint32_t queue = 0;
    uint32_t language = 0;  ///< Dictionary position + 1; 0: none.
    uint32_t confidentiality = 0;
    uint8_t step = 0;
    uint8_t work = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };

  /// Kinds of work anew. Where that makes another kind of what is known, `rebook(false)` is called
  /// before and `rebook(true)` after, to take loads out of the books and in again.
  void define_work(const WorkSources& sources, const std::function<void(bool booked)>& rebook);
  /// The terms of every line of the queue anew.
  void define_lines(uint32_t queue);

  uint32_t work_of(const Ticket& ticket, const TicketDetail& detail) const;
  const Work& work(uint32_t index) const { return table_.works[index]; }
  uint32_t work_count() const { return static_cast<uint32_t>(table_.works.size()); }

  Key key_of(const Ticket& ticket, const TicketDetail& detail, uint8_t step) const;
  uint32_t line_for(const Key& key);         ///< Made where there is none.
  uint32_t find_line(const Key& key) const;  ///< `none` where there is none.
  const Key& key(uint32_t line) const { return keys_[line]; }
  const std::vector<uint32_t>& lines_of(uint32_t queue) const;
  uint32_t line_count() const { return static_cast<uint32_t>(keys_.size()); }

  /// Values of languages and clearances for a line's terms: dictionaries of the store.
  using Texts = std::function<std::string_view(TextField, uint32_t position)>;
  void set_texts(Texts texts) { texts_ = std::move(texts); }

  /// Rulebook and dispatcher are there before.
  void persist(sched::Archive& archive);

 private:
  struct CompiledRule {
    uint32_t channel = 0;  // position + 1; 0: any
    int8_t kind = -1;
    int8_t priority = -1;
    friend bool operator==(const CompiledRule&, const CompiledRule&) = default;
  };

  static uint64_t hash_of(const Key& key);
  sched::LineTerms terms_of(const Key& key);
  bool strict(const Ticket& ticket) const;

  Rulebook& rules_;
  sched::Dispatcher& dispatcher_;
  Texts texts_;
  struct Table {
    std::vector<Work> works;
    std::vector<CompiledRule> rules;
    std::vector<uint32_t> channels;  // that a kind of work may be of, as in CompiledRule; 0 first
    // Index of the kind of work by (queue, rule or none, channel, strict); none is the last rule.
    std::vector<uint8_t> index;
    size_t place_of(size_t queue, size_t rule, size_t channel, bool strict) const {
      return ((queue * (rules.size() + 1) + rule) * channels.size() + channel) * 2 +
             (strict ? 1 : 0);
    }
    /// Whether what `other` knows is the same here.
    bool extends(const Table& other) const;
  };
  static Table table_of(const WorkSources& sources);

  Table table_;
  std::vector<Key> keys_;
  sched::HashIndex by_key_;
  std::vector<std::vector<uint32_t>> by_queue_;
};

}  // namespace paceline::desk
