// Requesters: they come, find a line or not, lose patience, try again, and come back with what was
// resolved.
#include <algorithm>

#include "sched/base/check.h"
#include "sim/world/world.h"

namespace paceline::sim {

namespace {

constexpr uint64_t busyness_key = uint64_t{3} << 62;  // beside the keys of contacts and agents

uint16_t drawn(const Pick& pick, Stream& stream) {
  return pick.values.size() == 1 ? pick.values.front() : pick.values[stream.pick(pick.weights)];
}
/// The only one with a weight.
uint8_t first_of(std::span<const uint32_t> weights) {
  const auto found =
      std::find_if(weights.begin(), weights.end(), [](uint32_t w) { return w != 0; });
  return static_cast<uint8_t>(found - weights.begin());
}
constexpr uint64_t key_of(uint32_t demand, uint64_t number) {
  return uint64_t{demand} << 46 | number;
}

}  // namespace

double World::busyness(uint32_t demand, uint64_t cycle) const {
  const int32_t number = model_->demands()[demand].busyness;
  if (number < 0) return 1.0;
  const Busyness& rules = model_->scenario().busyness[static_cast<size_t>(number)];
  Stream stream =
      stage_.stream(busyness_key | static_cast<uint64_t>(number) << 40 | cycle, Purpose::busyness);
  return Law::gamma(1.0, rules.shape)->draw(stream);
}

void World::plan_source(uint32_t demand) {
  Source& source = sources_[demand];
  const Model::DemandModel& rules = model_->demands()[demand];
  int64_t next_us = sched::never.us;
  if (rules.curve) {
    Stream stream = stage_.stream(key_of(demand, source.count), Purpose::arrival);
    const auto factor_of = [&](uint64_t cycle) { return busyness(demand, cycle); };
    next_us = rules.curve->advance(source.place, stream.exponential(1.0), factor_of);
  } else if (source.count < rules.rules->recorded.size()) {
    next_us = rules.rules->recorded[source.count].at_us;
  }
  if (next_us == sched::never.us || stage_.start_us + next_us >= end_us_) return;
  stage_.agenda.plan(agenda_slot(Actor::clockwork, demand), stage_.start_us + next_us);
}

void World::arrive(uint32_t demand) {
  const Model::DemandModel& rules = model_->demands()[demand];
  const uint64_t number = sources_[demand].count++;
  const uint32_t slot = stage_.contacts.create(sources_[demand].usual);
  Contact& contact = stage_.contacts[slot];
  contact.key = key_of(demand, number);
  contact.came_us = stage_.now_us;
  contact.interval = static_cast<int32_t>(stage_.ledger.interval_of(stage_.now_us));
  if (rules.curve) {
    look(contact, rules);
  } else {
    look_recorded(contact, rules.rules->recorded[number]);
  }
  plan_source(demand);
  attempt(slot);
}

Contact World::usual_contact(uint32_t demand) const {
  const Model::DemandModel& model = model_->demands()[demand];
  const Demand& rules = *model.rules;
  Contact contact;
  contact.traits.demand = static_cast<uint16_t>(demand);
  if (!model.curve) return contact;
  contact.traits.category = model.category.values.front();
  contact.traits.channel = model.channel.values.front();
  contact.traits.kind = first_of(rules.kind_weights);
  contact.impact = first_of(rules.impact_weights);
  contact.urgency = first_of(rules.urgency_weights);
  contact.subcategory = model.subcategory.values.front();
  contact.service = model.service.values.front();
  contact.config_item = model.config_item.values.front();
  contact.language = model.language.values.front();
  return contact;
}

void World::look(Contact& contact, const Model::DemandModel& demand) const {
  if (demand.plain) return;
  const Demand& rules = *demand.rules;
  Stream stream = stage_.stream(contact.key, Purpose::attributes);
  contact.traits.category = drawn(demand.category, stream);
  contact.traits.channel = drawn(demand.channel, stream);
  contact.traits.kind = static_cast<uint8_t>(stream.pick(rules.kind_weights));
  contact.impact = static_cast<uint8_t>(stream.pick(rules.impact_weights));
  contact.urgency = static_cast<uint8_t>(stream.pick(rules.urgency_weights));
  contact.vip = stream.chance(rules.vip_ppm);
  contact.subcategory = drawn(demand.subcategory, stream);
  contact.service = drawn(demand.service, stream);
  contact.config_item = drawn(demand.config_item, stream);
  contact.language = drawn(demand.language, stream);
  if (rules.requester_count > 0) contact.requester = 1 + stream.below(rules.requester_count);
}

void World::look_recorded(Contact& contact, const RecordedContact& recorded) const {
  const auto number = [&](const std::string& text) {
    return static_cast<uint16_t>(model_->texts().find(text));
  };
  contact.traits.category = number(recorded.category);
  contact.traits.channel = number(recorded.channel);
  contact.service = number(recorded.service);
  contact.config_item = number(recorded.config_item);
  contact.traits.kind = recorded.kind;
  contact.impact = recorded.impact;
  contact.urgency = recorded.urgency;
  contact.vip = recorded.vip;
  contact.handling_us = recorded.handling_us;
}

/// Looks for a line and for room, then asks the desk.
void World::attempt(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  const uint32_t demand = contact.traits.demand;
  const Model::DemandModel& rules = model_->demands()[demand];
  ++contact.tries;
  const auto count = [&](Sum sum) { stage_.each_cell(contact, [&](Cell& cell) { ++cell[sum]; }); };
  if (rules.lines >= 0) {
    const auto lines = static_cast<size_t>(rules.lines);
    if (lines_used_[lines] >= model_->scenario().lines[lines].count) {
      // Who never reaches the desk has no queue and no priority of its own.
      if (contact.tries == 1) count(Sum::offered);
      count(Sum::tries);
      count(Sum::blocked);
      if (contact.tries == 1) count(Sum::blocked_first);
      if (!comes_back(slot, true)) end(slot);
      return;
    }
  }
  const Balking& balking = rules.rules->balking;
  const uint32_t queue = usual_queue_[demand];
  if (balking.share_ppm > 0 && queue != Contact::none &&
      waiting_in_[queue] > balking.waiting_over &&
      stage_.stream(contact.key, Purpose::balking, contact.tries).chance(balking.share_ppm)) {
    if (contact.tries == 1) count(Sum::offered);
    count(Sum::tries);
    count(Sum::balked);
    return end(slot);
  }
  if (rules.lines >= 0) {
    ++lines_used_[static_cast<size_t>(rules.lines)];
    contact.has_line = true;
  }
  const Texts& texts = model_->texts();
  OpenDraft draft;
  draft.category = texts.text(contact.traits.category);
  draft.subcategory = texts.text(contact.subcategory);
  draft.service = texts.text(contact.service);
  draft.config_item = texts.text(contact.config_item);
  draft.channel = texts.text(contact.traits.channel);
  draft.language = texts.text(contact.language);
  draft.kind = contact.traits.kind;
  draft.impact = contact.impact;
  draft.urgency = contact.urgency;
  draft.vip = contact.vip;
  std::string requester;
  if (contact.requester != 0) {
    requester = "requester-" + std::to_string(contact.requester);
    draft.requester = requester;
  } else if (!rules.curve) {
    draft.requester = rules.rules->recorded[contact.key & ((uint64_t{1} << 46) - 1)].requester;
    draft.queue = rules.rules->recorded[contact.key & ((uint64_t{1} << 46) - 1)].queue;
  }
  if (draft.queue.empty()) draft.queue = rules.rules->queue;
  ask(Ask::open, slot);
  desk_->open(draft);
}

/// Whether who was turned away or gave up will try again.
bool World::comes_back(uint32_t slot, bool blocked) {
  Contact& contact = stage_.contacts[slot];
  const Retry& retry = model_->demands()[contact.traits.demand].rules->retry;
  if (!(blocked ? retry.after_blocked : retry.after_abandoned)) return false;
  if (contact.tries > retry.times_max || retry.share_ppm == 0) return false;
  Stream stream = stage_.stream(contact.key, Purpose::retry, contact.tries);
  if (!stream.chance(retry.share_ppm)) return false;
  const int64_t delay_us = Stage::whole_us(retry.delay.draw(stream));
  if (delay_us == sched::never.us) return false;
  contact.phase = Contact::Phase::orbiting;
  stage_.ledger.orbiting.add(1, stage_.now_us);
  stage_.agenda.plan(agenda_slot(Actor::contact, slot), stage_.now_us + delay_us);
  return true;
}

void World::give_up(uint32_t slot) {
  const Contact& contact = stage_.contacts[slot];
  desk_->cancel(contact.ticket, "abandoned");
}

void World::release_line(Contact& contact) {
  if (!contact.has_line) return;
  contact.has_line = false;
  --lines_used_[static_cast<size_t>(model_->demands()[contact.traits.demand].lines)];
}

/// The contact is over; it is forgotten once the batch is told to its end.
void World::end(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  if (contact.phase == Contact::Phase::ended) return;
  stage_.agenda.drop(agenda_slot(Actor::contact, slot));
  release_line(contact);
  contact.phase = Contact::Phase::ended;
  ended_.push_back(slot);
}

/// Something resolved was not, or is confirmed.
void World::come_back(uint32_t slot) {
  Contact& contact = stage_.contacts[slot];
  if (contact.reopens_next) {
    contact.reopens_next = false;
    ask(Ask::outcome, slot);
    desk_->reopen(contact.ticket, "not solved");
  } else {
    desk_->close(contact.ticket);
    end(slot);
  }
}

}  // namespace paceline::sim
