// Where events are written down: numbered without gaps, chained into the event hash, folded into
// the metrics, and handed to the caller.
//
// Owner: shard thread.  Allocates: the caller's buffer.
#pragma once

#include <cstdint>

#include "engine/desk/desk.h"
#include "engine/desk/event_hash.h"
#include "engine/desk/metrics.h"

namespace paceline::desk {

class Chronicle {
 public:
  /// The batch whose events follow, and where they go.
  void begin_batch(int64_t ts_us, Outcome& outcome) {
    noted_us_ = ts_us;
    outcome_ = &outcome;
    events_before_ = outcome.events.size();
  }
  void end_batch() { hash_.add(std::span(outcome_->events).subspan(events_before_)); }
  /// Who asks, for events caused by a command.
  void set_principal(uint32_t principal) { principal_ = principal; }
  void set_cause(Cause cause) { cause_ = cause; }
  Cause cause() const { return cause_; }

  // Both complete sequence, noted_us, cause and principal; at_us too where it is 0.

  /// About the ticket in `slot`, whose marks follow.
  void write(const Event& given, TicketStore& store, uint32_t slot, uint32_t triage) {
    metrics_.fold(complete(given), store, slot, triage);
  }
  /// About no ticket.
  void write(const Event& given) { metrics_.fold(complete(given)); }

  uint64_t sequence() const { return sequence_; }
  uint64_t hash() const { return hash_.value(); }  ///< Up to the last batch.
  const Metrics& metrics() const { return metrics_; }

  void persist(sched::Archive& archive) {
    archive.fields(sequence_, hash_, noted_us_, principal_);
    archive.choice(cause_, Cause::configuration);
    metrics_.persist(archive);
  }

 private:
  const Event& complete(const Event& given) {
    Event& event = outcome_->events.emplace_back(given);
    event.sequence = ++sequence_;
    event.noted_us = noted_us_;
    if (event.at_us == 0) event.at_us = noted_us_;
    event.cause = cause_;
    event.principal = cause_ == Cause::command ? principal_ : 0;
    return event;
  }

  uint64_t sequence_ = 0;
  EventHash hash_;
  int64_t noted_us_ = 0;
  Outcome* outcome_ = nullptr;
  size_t events_before_ = 0;  // the batch
  Cause cause_ = Cause::command;
  uint32_t principal_ = 0;
  Metrics metrics_;
};

/// Another cause for a scope.
class CauseScope {
 public:
  CauseScope(Chronicle& chronicle, Cause cause)
      : chronicle_(chronicle), before_(chronicle.cause()) {
    chronicle_.set_cause(cause);
  }
  ~CauseScope() { chronicle_.set_cause(before_); }
  CauseScope(const CauseScope&) = delete;
  CauseScope& operator=(const CauseScope&) = delete;

 private:
  Chronicle& chronicle_;
  Cause before_;
};

}  // namespace paceline::desk
