#include "engine/runtime/shard.h"

#include <algorithm>
#include <cstring>

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
  CHECK(options_.decode_frame != nullptr && options_.clock != nullptr);
}
Shard::~Shard() = default;

Shard::DeskState* Shard::find(sched::DeskNumber desk) {
  if (desk.value == 0 || desk.value > desks_.size()) return nullptr;
  return desks_[desk.value - 1U].get();
}

Shard::DeskState* Shard::find(std::string_view name) {
  for (const auto& state : desks_)
    if (state->desk->name() == name) return state.get();
  return nullptr;
}

void Shard::create(sched::DeskNumber number, std::string name, const desk::Limits& limits) {
  CHECK(number.value == desks_.size() + 1);
  auto state = std::make_unique<DeskState>();
  state->desk =
      std::make_unique<desk::Desk>(number, std::move(name), limits, options_.decode_configuration);
  desks_.push_back(std::move(state));
}

// ------------------------------------------------------------------------------------ replay

std::string Shard::replay(const LogRecord& record, Applied& applied) {
  applied.clear();
  applied.kind = record.kind;
  applied.desk = record.desk;
  applied.ts = record.ts;
  if (record.kind == RecordKind::desk_created) {
    std::string name;
    desk::Limits limits;
    if (!decode_desk_created(record.system, name, limits))
      return "the description of a new desk cannot be read: use the server that wrote it";
    if (record.desk.value != desks_.size() + 1)
      return "desk " + std::to_string(record.desk.value) + " is created out of turn";
    applied.desk_name = name;
    create(record.desk, std::move(name), limits);
    return {};
  }
  if (record.kind == RecordKind::recovered) {
    Recovered recovery;
    if (record.system.size() != sizeof recovery)
      return "the note of a recovery cannot be read: use the server that wrote it";
    std::memcpy(&recovery, record.system.data(), sizeof recovery);
    recovered(recovery);
    return {};
  }
  if (record.kind == RecordKind::clock_jump) {
    ClockJump jump;
    if (record.system.size() != sizeof jump)
      return "the note of a clock jump cannot be read: use the server that wrote it";
    std::memcpy(&jump, record.system.data(), sizeof jump);
    jumped(jump);
    return {};
  }
  if (record.kind != RecordKind::batch) return {};
  if (record.rules_version != desk::rules_version)
    return "it was made under rules version " + std::to_string(record.rules_version) +
           ", this server has version " + std::to_string(desk::rules_version) +
           ": let the server that wrote the log end it with a snapshot, then upgrade";
  DeskState* state = find(record.desk);
  if (state == nullptr) return "desk " + std::to_string(record.desk.value) + " was never created";
  if (record.ts < state->desk->now()) return "time runs backwards";
  for (const LoggedFrame& logged : record.frames) {
    auto frame = options_.decode_frame(logged.payload);
    if (!frame) return "a frame cannot be read: " + frame.error();
    if (frame.value().desk != record.desk) return "a frame is for another desk";
    frame.value().session = logged.session;
    frame.value().principal = logged.principal;
    frame.value().roles = logged.roles;
    if (frame.value().first_number != logged.first_number)
      return "a frame's envelope and content disagree";
    applied.frames.push_back(frame.value());
  }
  apply(*state, &applied);
  return {};
}

void Shard::recovered(const Recovered& recovery) {
  for (const auto& state : desks_)
    state->desk->recovered({recovery.down_from_us}, {recovery.down_to_us});
}

void Shard::jumped(const ClockJump& jump) {
  for (const auto& state : desks_) state->desk->clock_jumped(jump.by_us, jump.waited != 0);
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
  if (options_.note)
    options_.note("clock_jump: the wall clock left the monotonic clock by " +
                  std::to_string(by.us / 1'000'000) + " s; " +
                  (jump.waited != 0
                       ? "the engine goes by the monotonic clock until they agree again, or "
                         "`paceline ctl accept-clock`"
                       : "the engine continues, its time never steps back"));
  jumped(jump);
  Applied* applied = acquire();
  applied->logged = true;
  applied->kind = RecordKind::clock_jump;
  applied->ts = last_ts();
  const auto payload = std::as_bytes(std::span(&jump, 1));
  applied->system.assign(payload.begin(), payload.end());
  pass_on(applied);
  for (const auto& state : desks_) pass_on(apply_empty(*state, stamp(*state)));
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
  to_log_.push(applied);
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
  const auto refuse = [&](Refusal refusal, std::string text) {
    request->refusal = refusal;
    request->refusal_text = std::move(text);
    answer(request);
  };
  DeskState* state = find(work.name);
  Applied* applied = nullptr;
  if (state == nullptr) {
    if (std::string problem = desk_name_problem(work.name); !problem.empty())
      return refuse(Refusal::desk_name_invalid, std::move(problem));
    if (!work.create)
      return refuse(Refusal::desk_unknown,
                    "there is no desk \"" + work.name + "\" here: an administrator can create it");
    if ((work.roles & static_cast<uint32_t>(desk::Role::administrator)) == 0)
      return refuse(Refusal::permission_denied,
                    "there is no desk \"" + work.name +
                        "\" here, and only an administrator may create one: connect through the "
                        "unix socket as the server's own user, or with its token");
    if (std::string problem = desk_limits_problem(work.limits); !problem.empty())
      return refuse(Refusal::desk_limits_invalid, std::move(problem));
    if (desks_.size() >= options_.desks_max)
      return refuse(Refusal::desks_full, "this server has all the " +
                                             std::to_string(options_.desks_max) +
                                             " desks it may have (desks_max)");
    applied = acquire();
    applied->logged = true;
    applied->kind = RecordKind::desk_created;
    applied->desk = {static_cast<uint16_t>(desks_.size() + 1)};
    applied->ts = now_;
    applied->system = encode_desk_created(work.name, work.limits);
    applied->desk_name = work.name;
    create(applied->desk, work.name, work.limits);
    state = desks_.back().get();
    work.created = true;
  }
  request->desk = state->desk->number();
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
