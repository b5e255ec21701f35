// Where events are written down: numbered without gaps, chained into the event hash, folded into
// the metrics, and handed to the caller.
//
// Owner: shard thread.  Allocates: the caller's buffer.
#pragma once

#include <cstdint>

#include "engine/desk/desk.h"
#include "engine/desk/metrics.h"

namespace paceline::desk {

class Chronicle {
 public:
  /// The batch whose events follow, and where they go.
  void begin_batch(int64_t ts_us, Outcome& outcome) {
    noted_us_ = ts_us;
    outcome_ = &outcome;
  }
  /// Who asks, for events caused by a command.
  void set_principal(uint32_t principal) { principal_ = principal; }
  void set_cause(Cause cause) { cause_ = cause; }
  Cause cause() const { return cause_; }

  /// Completes sequence, noted_us, cause and principal; at_us too where it is 0.
  void write(const Event& given, TicketDetail* detail, uint32_t triage) {
    Event& event = outcome_->events.emplace_back(given);
    event.sequence = ++sequence_;
    event.noted_us = noted_us_;
    if (event.at_us == 0) event.at_us = noted_us_;
    event.cause = cause_;
    event.principal = cause_ == Cause::command ? principal_ : 0;
    hash_ = sched::hash_bytes(&event, sizeof event, hash_);
    metrics_.fold(event, detail, triage);
  }

  uint64_t sequence() const { return sequence_; }
  uint64_t hash() const { return hash_; }
  const Metrics& metrics() const { return metrics_; }

  void persist(sched::Archive& archive) {
    archive.fields(sequence_, hash_, noted_us_, principal_);
    archive.choice(cause_, Cause::configuration);
    metrics_.persist(archive);
  }

 private:
  uint64_t sequence_ = 0;
  uint64_t hash_ = 0;
  int64_t noted_us_ = 0;
  Outcome* outcome_ = nullptr;
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
