#include "engine/desk/desk.h"

#include <algorithm>

#include "engine/desk/answers.h"
#include "engine/desk/floor.h"
#include "engine/desk/lookahead.h"
#include "engine/desk/retries.h"
#include "engine/desk/verbs.h"
#include "sched/base/check.h"

namespace paceline::desk {

struct Desk::Impl {
  Impl(sched::DeskNumber desk_number, std::string desk_name, const Limits& desk_limits,
       ConfigurationDecoder decode_configuration)
      : number(desk_number),
        name(std::move(desk_name)),
        limits(desk_limits),
        floor(desk_number, desk_limits),
        verbs(floor, desk_limits, decode_configuration),
        lookahead(floor),
        retries(desk_limits) {}

  void persist(sched::Archive& archive);
  void apply(const Batch& batch, Outcome& outcome);
  void apply(const CommandFrame& frame, Outcome& outcome);
  Reply apply(const CommandFrame& frame, CommandKind kind, size_t index);

  sched::DeskNumber number;
  std::string name;
  Limits limits;
  Floor floor;
  Verbs verbs;
  Lookahead lookahead;
  Retries retries;
  uint64_t commands = 0;
  uint64_t rejected = 0;
};

void Desk::Impl::persist(sched::Archive& archive) {
  archive.part("desk", 1, sizeof(Limits));
  auto whose = std::pair(number.value, name);
  Limits sized = limits;
  archive.fields(whose, sized);
  archive.require(whose == std::pair(number.value, name), "it is another desk's");
  archive.require(sized == limits, "it is of a desk with other limits: start with the same ones");
  archive.fields(commands, rejected);
  floor.persist(archive);
  verbs.persist(archive);
  retries.persist(archive);
  archive.part("end of desk", 1);
}

void Desk::Impl::apply(const Batch& batch, Outcome& outcome) {
  floor.begin_batch(batch.ts, outcome);
  const sched::Instant before_ts = batch.ts - sched::microsecond;
  uint32_t budget = limits.timers_per_batch;
  budget -= floor.fire_due(before_ts, budget);
  for (const CommandFrame& frame : batch.frames) apply(frame, outcome);
  floor.advance_rollouts();
  floor.settle();
  floor.fire_due(batch.ts, budget);
  outcome.more_timers_due = floor.next_due() <= batch.ts || floor.rolling_out();
  floor.check_batch();
}

void Desk::Impl::apply(const CommandFrame& frame, Outcome& outcome) {
  CHECK(frame.desk == number);
  floor.chronicle().set_principal(frame.principal);
  floor.chronicle().set_cause(Cause::command);
  Retries::Session* session = retries.use(frame.session, floor.now_us());
  std::array<size_t, command_kind_count> next{};
  uint64_t number_of_command = frame.first_number;
  lookahead.begin(frame);
  size_t at = 0;
  for (const CommandKind kind : frame.order) {
    lookahead.advance(at++);
    const size_t index = next[static_cast<size_t>(kind)]++;
    Reply& reply = outcome.replies.emplace_back();
    if (session == nullptr) {
      reply.code = static_cast<uint16_t>(Reject::sessions_full);
    } else if (number_of_command > session->last_number() + 1 || number_of_command == 0) {
      reply.code = static_cast<uint16_t>(Reject::number_gap);
    } else if (number_of_command <= session->last_number()) {
      const Reply* known = session->reply_to(number_of_command);
      if (known != nullptr) {
        reply = *known;
      } else {
        reply.code = static_cast<uint16_t>(Reject::already_answered);
      }
    } else {
      reply = apply(frame, kind, index);
      retries.remember(*session, number_of_command, reply);
    }
    ++number_of_command;
  }
}

Reply Desk::Impl::apply(const CommandFrame& frame, CommandKind kind, size_t index) {
  Reply reply = verbs.execute(frame, kind, index);
  reply.next_ticket = floor.settle();
  floor.trim_closed();
  ++commands;
  if (reply.code != 0) ++rejected;
  return reply;
}

Desk::Desk(sched::DeskNumber number, std::string name, const Limits& limits,
           ConfigurationDecoder decode_configuration)
    : impl_(std::make_unique<Impl>(number, std::move(name), limits, decode_configuration)) {}
Desk::~Desk() = default;
Desk::Desk(Desk&&) noexcept = default;
Desk& Desk::operator=(Desk&&) noexcept = default;

void Desk::apply(const Batch& batch, Outcome& outcome) { impl_->apply(batch, outcome); }

void Desk::recovered(sched::Instant down_from, sched::Instant down_to) {
  impl_->floor.recovered(down_from, down_to);
}

void Desk::clock_jumped(int64_t by_us, bool waited) { impl_->floor.clock_jumped(by_us, waited); }

sched::Instant Desk::next_due() const {
  return impl_->floor.rolling_out() ? impl_->floor.now() : impl_->floor.next_due();
}
sched::Instant Desk::now() const { return impl_->floor.now(); }
sched::DeskNumber Desk::number() const { return impl_->number; }
const std::string& Desk::name() const { return impl_->name; }
const Limits& Desk::limits() const { return impl_->limits; }

uint64_t Desk::last_number(SessionId session) const {
  const Retries::Session* known = impl_->retries.find(session);
  return known == nullptr ? 0 : known->last_number();
}

uint64_t Desk::digest() const {
  sched::Digest digest;
  digest.add(impl_->number.value);
  digest.add_text(impl_->name);
  impl_->floor.add_to(digest);
  impl_->verbs.add_to(digest);
  impl_->retries.add_to(digest);
  digest.add(impl_->commands);
  digest.add(impl_->rejected);
  return digest.value();
}

uint64_t Desk::event_hash() const { return impl_->floor.chronicle().hash(); }
uint64_t Desk::last_event() const { return impl_->floor.chronicle().sequence(); }

void Desk::collect_facts(
    const std::function<void(const TicketFacts&, std::span<const StateInterval>)>& each) const {
  const TicketStore& store = impl_->floor.store();
  std::vector<std::pair<uint64_t, uint32_t>> by_id;
  by_id.reserve(store.count());
  for (uint32_t slot = 0; slot < store.high_water(); ++slot) {
    if (store.hot(slot).id != 0) by_id.emplace_back(store.hot(slot).id, slot);
  }
  std::sort(by_id.begin(), by_id.end());
  std::vector<StateInterval> intervals;
  for (const auto& [id, slot] : by_id) {
    store.intervals(slot, intervals);
    each(impl_->floor.facts(slot), intervals);
  }
}

std::vector<PolicyVerdicts> Desk::policy_verdicts() const {
  // Versions of one policy are one line.
  const auto& by_version = impl_->floor.chronicle().metrics().verdicts();
  std::vector<PolicyVerdicts> by_name;
  for (uint32_t policy = 0; policy < by_version.size(); ++policy) {
    const PolicyVerdicts& version = by_version[policy];
    const std::string& policy_name = impl_->floor.rules().policy(policy).definition.name;
    auto line = std::find_if(by_name.begin(), by_name.end(), [&](const PolicyVerdicts& known) {
      return known.policy == policy_name;
    });
    if (line == by_name.end()) line = by_name.insert(line, PolicyVerdicts{.policy = policy_name});
    line->met += version.met;
    line->breached += version.breached;
    line->cancelled += version.cancelled;
    line->running += version.running;
    line->running_breached += version.running_breached;
  }
  return by_name;
}

Names Desk::names() const {
  const Rulebook& rules = impl_->floor.rules();
  Names names;
  for (uint32_t i = 0; i < rules.queue_count(); ++i) {
    names.queues.push_back(rules.queue(i).definition.name);
  }
  for (uint32_t i = 0; i < rules.agent_count(); ++i) {
    names.agents.push_back(rules.agent(i).definition.name);
  }
  for (uint32_t i = 0; i < rules.policy_count(); ++i) {
    names.policies.push_back(rules.policy(i).definition.name);
  }
  for (uint32_t i = 0; i < rules.reasons().size(); ++i) {
    names.reasons.emplace_back(rules.reasons().text(i));
  }
  return names;
}

Answer Desk::answer(const Query& query) const {
  Answer answer = answer_query(impl_->floor, query);
  if (query.kind == QueryKind::names) answer.names = names();
  if (query.kind == QueryKind::status) {
    answer.status.desk = impl_->name;
    answer.status.commands = impl_->commands;
    answer.status.rejected = impl_->rejected;
    if (query.with_digest) answer.status.digest = digest();
  }
  return answer;
}

void Desk::persist(sched::Archive& archive) {
  impl_->persist(archive);
  archive.settle();
  if (archive.loading() && !archive.failed()) impl_->floor.rebuild(archive);
}

std::vector<std::string> Desk::check_invariants() const { return impl_->floor.check_everything(); }

void Desk::set_invariants_fatal(bool fatal) { Floor::set_fatal(fatal); }

}  // namespace paceline::desk
