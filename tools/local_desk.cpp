#include "tools/local_desk.h"

#include <algorithm>
#include <span>

#include "engine/desk/kpi.h"
#include "wire/codec.h"
#include "wire/config_codec.h"
#include "wire/frame.h"

namespace paceline::tools {

namespace {

constexpr sched::DeskNumber number{1};

desk::Limits limits_for(uint32_t tickets_max) {
  desk::Limits limits;
  limits.tickets_max = tickets_max;
  limits.text_mib_max = 256;
  return limits;
}

}  // namespace

LocalDesk::LocalDesk(uint32_t tickets_max)
    : desk_(number, "local", limits_for(tickets_max), wire::decode_configuration) {}

void LocalDesk::apply(const desk::Batch& batch, desk::Outcome& outcome) {
  // The desk appends and expects a cleared outcome per batch: what came before is kept aside.
  desk::Outcome one;
  desk_.apply(batch, one);
  outcome.replies.insert(outcome.replies.end(), one.replies.begin(), one.replies.end());
  outcome.events.insert(outcome.events.end(), one.events.begin(), one.events.end());
  outcome.more_timers_due = one.more_timers_due;
  using Item = desk::ArchivedBatch::Reader::Item;
  desk::ArchivedBatch::Reader left(one.archived);
  for (Item item = left.next(); item != Item::none; item = left.next()) {
    if (item == Item::ticket) {
      archived_.push_back({left.ticket().facts(), left.ticket().intervals});
    }
  }
  if (after_batch_) after_batch_(desk_);
}

sched::Expected<void, std::string> LocalDesk::apply(sched::Instant ts, wire::CommandWriter& writer,
                                                    desk::Outcome& outcome) {
  if (writer.empty()) {
    apply({.ts = ts, .frames = {}}, outcome);
    return {};
  }
  const size_t count = writer.size();
  const auto bytes = writer.finish(number, next_number_);
  if (!bytes) return sched::Unexpected{bytes.error().text};
  const wire::Payload payload(bytes->subspan(wire::frame_header_size));
  auto frame = wire::decode_commands(payload.bytes());
  if (!frame) return sched::Unexpected{frame.error().text};
  frame->session = session;
  frame->roles =
      static_cast<uint32_t>(desk::Role::work) | static_cast<uint32_t>(desk::Role::administrator);
  apply({.ts = ts, .frames = std::span(&*frame, 1)}, outcome);
  next_number_ += count;
  writer.clear();
  return {};
}

void LocalDesk::let_time_pass(sched::Instant until, desk::Outcome& outcome) {
  while (desk_.next_due() < until) {
    apply({.ts = std::max(desk_.next_due(), desk_.now()), .frames = {}}, outcome);
  }
}

void LocalDesk::recover(sched::Instant down_from, sched::Instant ts, desk::Outcome& outcome) {
  let_time_pass(down_from, outcome);
  desk_.recovered(down_from, ts);
  apply({.ts = ts, .frames = {}}, outcome);
}

std::string LocalDesk::configure(sched::Instant ts, const desk::Configuration& configuration,
                                 desk::Outcome& outcome) {
  const wire::Bytes document = wire::encode_configuration(configuration);
  wire::CommandWriter writer;
  writer.config_begin(static_cast<uint32_t>(document.size()));
  writer.config_chunk(document);
  writer.config_commit(wire::hash_document(document));
  const size_t before = outcome.replies.size();
  if (const auto done = apply(ts, writer, outcome); !done) return done.error();
  for (size_t i = before; i < outcome.replies.size(); ++i) {
    if (outcome.replies[i].code == 0) continue;
    return std::string(desk::name(static_cast<desk::Reject>(outcome.replies[i].code)));
  }
  return {};
}

desk::Kpi LocalDesk::kpi(sched::Instant at) const {
  const desk::Names names = desk_.names();
  desk::KpiBuilder builder(at, names);
  for (const Archived& ticket : archived_) builder.add(ticket.facts, ticket.intervals);
  desk_.collect_facts(
      [&](const desk::TicketFacts& facts, std::span<const desk::StateInterval> intervals) {
        builder.add(facts, intervals);
      });
  return std::move(builder).finish(desk_.policy_verdicts());
}

}  // namespace paceline::tools
