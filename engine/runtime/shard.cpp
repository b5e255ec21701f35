#include "engine/runtime/shard.h"

#include <algorithm>

#include "engine/runtime/desk_created.h"
#include "sched/base/check.h"

namespace paceline::runtime {

namespace {
constexpr int64_t longest_wait_us = 1'000'000;  // the wall clock may be set meanwhile
constexpr int64_t pool_wait_us = 100'000;       // abandon() is noticed by then
}  // namespace

Shard::Shard(ShardOptions options, Intake& intake, AppliedPool& pool, AppliedRing& to_log)
    : options_(std::move(options)),
      intake_(intake),
      pool_(pool),
      to_log_(to_log),
      jump_watch_(options_.max_jump, options_.on_clock_jump) {
  CHECK(options_.clock != nullptr && options_.index < options_.count);
}
Shard::~Shard() = default;

Shard::DeskState* Shard::find(sched::DeskNumber desk) {
  if (desk.value == 0) return nullptr;
  const size_t at = (desk.value - 1U) / options_.count;
  return at < by_number_.size() ? by_number_[at] : nullptr;
}

void Shard::adopt(std::unique_ptr<desk::Desk> desk) {
  const sched::DeskNumber number = desk->number();
  CHECK(index_of(number, options_.count) == options_.index && find(number) == nullptr);
  const size_t at = (number.value - 1U) / options_.count;
  if (by_number_.size() <= at) by_number_.resize(at + 1);
  by_number_[at] = desks_.emplace_back(std::make_unique<DeskState>()).get();
  by_number_[at]->desk = std::move(desk);
}

std::vector<desk::Desk*> Shard::desks() const {
  std::vector<desk::Desk*> desks;
  for (const auto& state : desks_) desks.push_back(state->desk.get());
  return desks;
}

sched::Instant Shard::last_ts() const {
  sched::Instant last;
  for (const auto& state : desks_) last = std::max(last, state->desk->now());
  return last;
}

// -------------------------------------------------------------------------------------- live

void Shard::run() {
  while (!abandoned_.load(std::memory_order_relaxed)) {
    const bool stopping = stopping_.load(std::memory_order_acquire);
    drained_.clear();
    intake_.drain(options_.commands_per_batch_max, options_.bytes_per_batch_max, drained_);
    if (stopping && drained_.empty()) break;
    look_at_clock();
    for (Request* request : drained_) take(request);
    apply_gathered();
    const bool fired = fire_due();
    if (passed_on_) {
      passed_on_ = false;
      to_log_.bell().ring();
    }
    if (drained_.empty() && !fired && !stopping) intake_.bell().wait(wait_us());
  }
  ended_.store(true, std::memory_order_release);
}

void Shard::stop() {
  stopping_.store(true, std::memory_order_release);
  intake_.ring();
}

void Shard::abandon() {
  abandoned_.store(true, std::memory_order_relaxed);
  stop();
}

void Shard::look_at_clock() {
  if (options_.clock_mode == ClockMode::commands) return;
  const sched::Duration by =
      jump_watch_.look(options_.clock->now(), options_.clock->monotonic_us());
  now_ = jump_watch_.now();
  clock_waits_.store(jump_watch_.waits(), std::memory_order_relaxed);
  if (by.us == 0) return;
  clock_jumps_.store(jump_watch_.jumps(), std::memory_order_relaxed);
  const ClockJump jump{by.us, static_cast<uint8_t>(jump_watch_.waits() ? 1 : 0), {}};
  if (options_.note && !desks_.empty())
    options_.note("clock_jump: the wall clock left the monotonic clock by " +
                  std::to_string(by.us / 1'000'000) + " s; " +
                  (jump.waited != 0
                       ? "the engine goes by the monotonic clock until they agree again, or "
                         "`paceline ctl accept-clock`"
                       : "the engine continues, its time never steps back"));
  for (const auto& state : desks_) jumped(*state, jump);
}

void Shard::jumped(DeskState& state, const ClockJump& jump) {
  state.desk->clock_jumped(jump.by_us, jump.waited != 0);
  Applied* applied = acquire();
  applied->logged = true;
  applied->kind = RecordKind::clock_jump;
  applied->desk = state.desk->number();
  applied->ts = state.desk->now();
  const auto payload = std::as_bytes(std::span(&jump, 1));
  applied->system.assign(payload.begin(), payload.end());
  pass_on(applied);
  pass_on(apply_empty(state, stamp(state)));
}

sched::Instant Shard::stamp(const DeskState& state) const {
  // Commands before the first advance are stamped 1: 0 would mean "not stated".
  if (options_.clock_mode == ClockMode::commands)
    return std::max(state.desk->now(), sched::Instant{1});
  return std::max(state.desk->now() + sched::microsecond, now_);
}

void Shard::take(Request* request) {
  if (request->kind == RequestKind::commands && find(request->desk) != nullptr) {
    gather(request);
    return;
  }
  apply_gathered();
  if (request->refusal != Refusal::none) return answer(request);
  switch (request->kind) {
    case RequestKind::commands:
      request->refusal = Refusal::desk_unknown;
      answer(request);
      break;
    case RequestKind::advance:
      advance(request);
      break;
    case RequestKind::open_desk:
      open_desk(request);
      break;
    case RequestKind::query:
      query(request);
      break;
    case RequestKind::snapshot:
    case RequestKind::hold_log:
      CHECK(false);  // they never come here
  }
}

void Shard::gather(Request* request) {
  DeskState* state = find(request->desk);
  if (state->gathering == nullptr) {
    state->gathering = acquire();
    gathering_.push_back(state);
  }
  state->gathering->requests.push_back(request);
  state->gathering->frames.push_back(request->frame);
}

void Shard::apply_gathered() {
  for (DeskState* state : gathering_) {
    Applied* applied = state->gathering;
    state->gathering = nullptr;
    applied->logged = true;
    applied->kind = RecordKind::batch;
    applied->desk = state->desk->number();
    applied->ts = stamp(*state);
    apply(*state, applied);
    pass_on(applied);
  }
  gathering_.clear();
}

void Shard::apply(DeskState& state, Applied* applied) {
  size_t commands = 0;
  for (const desk::CommandFrame& frame : applied->frames) commands += frame.order.size();
  state.desk->apply({applied->ts, applied->frames}, applied->outcome);
  CHECK(applied->outcome.replies.size() == commands);
  state.more_due = applied->outcome.more_timers_due;
  applied->event_hash = state.desk->event_hash();
  batches_.fetch_add(1, std::memory_order_relaxed);
}

Applied* Shard::apply_empty(DeskState& state, sched::Instant ts) {
  Applied* applied = acquire();
  applied->logged = true;
  applied->kind = RecordKind::batch;
  applied->desk = state.desk->number();
  applied->ts = ts;
  apply(state, applied);
  return applied;
}

void Shard::pass_on(Applied* applied) {
  if (abandoned_.load(std::memory_order_relaxed)) return;
  to_log_.push(applied, options_.index);
  passed_on_ = true;
}

void Shard::answer(Request* request) {
  Applied* applied = acquire();
  applied->requests.push_back(request);
  pass_on(applied);
}

Applied* Shard::acquire() {
  while (true) {
    if (Applied* applied = pool_.take()) return applied;
    // Everything is on its way: the log thread has work, and will be followed by the I/O thread.
    to_log_.bell().ring();
    passed_on_ = false;
    pool_.set_waiting(true);
    Applied* applied = pool_.take();
    if (applied == nullptr && !abandoned_.load(std::memory_order_relaxed))
      intake_.bell().wait(pool_wait_us);
    pool_.set_waiting(false);
    if (applied != nullptr) return applied;
    // Abandoned: nothing comes back, and nobody will read what is still being made.
    if (abandoned_.load(std::memory_order_relaxed)) return pool_.spare();
  }
}

bool Shard::fire_due() {
  if (options_.clock_mode == ClockMode::commands) return false;
  bool fired = false;
  for (const auto& state : desks_) {
    if (!state->more_due && state->desk->next_due() > now_) continue;
    pass_on(apply_empty(*state, stamp(*state)));
    fired = true;
  }
  return fired;
}

int64_t Shard::wait_us() const {
  if (options_.clock_mode == ClockMode::commands) return Bell::for_ever;
  sched::Instant due = sched::never;
  for (const auto& state : desks_) due = std::min(due, state->desk->next_due());
  if (due == sched::never) return Bell::for_ever;
  return std::clamp<int64_t>(due.us - now_.us, 0, longest_wait_us);
}

void Shard::advance(Request* request) {
  if (options_.clock_mode != ClockMode::commands) {
    // An administrator says what time it is, and that the wall clock is right.
    if (jump_watch_.confirm({request->at_us})) {
      now_ = jump_watch_.now();
      clock_waits_.store(false, std::memory_order_relaxed);
      request->at_us = now_.us;
    } else {
      request->refusal = Refusal::clock_not_commands;
    }
    return answer(request);
  }
  std::vector<DeskState*> moved;
  if (request->desk.value == 0) {
    for (const auto& state : desks_) moved.push_back(state.get());
  } else if (DeskState* state = find(request->desk)) {
    moved.push_back(state);
  }
  if (moved.empty()) {
    request->refusal = Refusal::desk_unknown;
    return answer(request);
  }
  const sched::Instant at{request->at_us};
  Applied* last = nullptr;
  request->at_us = 0;
  for (DeskState* state : moved) {
    // An instant already reached is no error: whoever repeats an advance may.
    bool more =
        at > state->desk->now() || (at == state->desk->now() && state->desk->next_due() <= at);
    while (more && !abandoned_.load(std::memory_order_relaxed)) {
      if (last != nullptr) pass_on(last);
      last = apply_empty(*state, at);
      more = state->more_due;
    }
    request->at_us = std::max(request->at_us, state->desk->now().us);
  }
  if (last == nullptr) return answer(request);
  last->requests.push_back(request);
  pass_on(last);
}

void Shard::open_desk(Request* request) {
  OpenDeskWork& work = *request->open_desk;
  Applied* applied = nullptr;
  if (work.created) {
    applied = acquire();
    applied->logged = true;
    applied->kind = RecordKind::desk_created;
    applied->desk = request->desk;
    applied->ts = now_;
    applied->system = encode_desk_created(work.name, work.limits);
    applied->desk_name = work.name;
    adopt(std::make_unique<desk::Desk>(request->desk, work.name, work.limits,
                                       options_.decode_configuration));
  }
  const DeskState* state = find(request->desk);
  CHECK(state != nullptr);  // opened in the order of the lane in which it was created
  work.last_number = state->desk->last_number(work.session);
  work.reply_window = state->desk->limits().reply_window;
  work.now_us = state->desk->now().us;
  if (applied == nullptr) return answer(request);
  applied->requests.push_back(request);
  pass_on(applied);
}

void Shard::query(Request* request) {
  DeskState* state = find(request->desk);
  if (state == nullptr) {
    request->refusal = Refusal::desk_unknown;
    return answer(request);
  }
  // A quiet desk's time goes on: what is read is as of now, not of its newest batch. A record of the
  // log a second at the most, however many ask.
  if (options_.clock_mode == ClockMode::wall && now_ - state->desk->now() >= sched::second)
    pass_on(apply_empty(*state, stamp(*state)));
  QueryWork& work = *request->query;
  work.answer = state->desk->answer(work.query);
  if (work.query.kind == desk::QueryKind::kpi) {
    work.kpi = std::make_unique<KpiFacts>();
    KpiFacts& kpi = *work.kpi;
    kpi.at = work.query.at_us != 0 ? sched::Instant{work.query.at_us} : state->desk->now();
    kpi.names = state->desk->names();
    kpi.policies = state->desk->policy_verdicts();
    state->desk->collect_facts(
        [&](const desk::TicketFacts& facts, std::span<const desk::StateInterval> intervals) {
          kpi.facts.push_back(facts);
          kpi.interval_counts.push_back(static_cast<uint32_t>(intervals.size()));
          kpi.intervals.insert(kpi.intervals.end(), intervals.begin(), intervals.end());
        });
  }
  answer(request);
}

}  // namespace paceline::runtime
