#include "wire/routing_codec.h"

#include "wire/policy_codec.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

constexpr uint8_t points_max = 15;
constexpr uint8_t fan_out_max = 8;

int64_t read_duration(FieldReader& reader, int64_t value, std::string_view field) {
  return reader.number(value, 0, duration_us_max, field);
}

// A queue's head starts.

Offset<schema::HeadStart> put_head_start(Builder& builder, const desk::HeadStart& head_start) {
  const auto priorities = builder.CreateVector(head_start.priority_us, sched::priority_count);
  return schema::CreateHeadStart(builder, priorities, head_start.vip_us, head_start.reopened_us,
                                 head_start.negative_us);
}

int64_t read_head_start(FieldReader& reader, int64_t value) {
  return reader.number(value, -duration_us_max, duration_us_max, "head_start");
}

desk::HeadStart read_head_start(FieldReader& reader, const schema::HeadStart& table) {
  desk::HeadStart head_start;
  const auto* priorities = table.priority_us();
  if (priorities == nullptr || priorities->size() != sched::priority_count) {
    reader.fail(WireErrorKind::counts_disagree, "head_start.priority_us", "must have six elements");
    return head_start;
  }
  if (!reader.in_place(priorities, sizeof(int64_t), "head_start.priority_us")) return head_start;
  for (unsigned i = 0; i < sched::priority_count; ++i)
    head_start.priority_us[i] = read_head_start(reader, priorities->Get(i));
  head_start.vip_us = read_head_start(reader, table.vip_us());
  head_start.reopened_us = read_head_start(reader, table.reopened_us());
  head_start.negative_us = read_head_start(reader, table.negative_us());
  return head_start;
}

// A queue's steps, preferences, ways out and memory.

Offset<schema::RoutingStep> put_step(Builder& builder, const desk::RoutingStep& step) {
  const auto need = put_text(builder, step.need);
  return schema::CreateRoutingStep(builder, need, step.wait_us, step.slack_us);
}

desk::RoutingStep read_step(FieldReader& reader, const schema::RoutingStep& table) {
  return {reader.text(table.need(), "steps.need"),
          read_duration(reader, table.wait_us(), "steps.wait_us"),
          read_duration(reader, table.slack_us(), "steps.slack_us")};
}

Offset<schema::PreferredTerm> put_term(Builder& builder, const desk::PreferredTerm& term) {
  const auto need = put_text(builder, term.need);
  return schema::CreatePreferredTerm(builder, need, term.points);
}

desk::PreferredTerm read_term(FieldReader& reader, const schema::PreferredTerm& table) {
  return {reader.text(table.need(), "preferred.need"),
          reader.number(table.points(), 1, points_max, "preferred.points")};
}

Offset<schema::Overflow> put_overflow(Builder& builder, const desk::Overflow& overflow) {
  const auto queue = put_text(builder, overflow.queue);
  return schema::CreateOverflow(builder, overflow.wait_us, overflow.size, overflow.no_agent, queue);
}

desk::Overflow read_overflow(FieldReader& reader, const schema::Overflow& table) {
  return {read_duration(reader, table.wait_us(), "overflows.wait_us"), table.size(),
          table.no_agent(), reader.text(table.queue(), "overflows.queue")};
}

Offset<schema::Sticky> put_sticky(Builder& builder, const desk::Sticky& sticky) {
  return schema::CreateSticky(builder, static_cast<schema::StickyBy>(sticky.by), sticky.ttl_us,
                              sticky.wait_us, sticky.min_slack_us);
}

desk::Sticky read_sticky(FieldReader& reader, const schema::Sticky& table) {
  return {reader.enumerator(table.by(), desk::StickyBy::requester_and_config_item, "sticky.by"),
          read_duration(reader, table.ttl_us(), "sticky.ttl_us"),
          read_duration(reader, table.wait_us(), "sticky.wait_us"),
          read_duration(reader, table.min_slack_us(), "sticky.min_slack_us")};
}

Offset<schema::FollowTheSun> put_sun(Builder& builder, const desk::FollowTheSun& sun) {
  const auto calendar = put_text(builder, sun.calendar);
  const auto queue = put_text(builder, sun.queue);
  return schema::CreateFollowTheSun(builder, calendar, queue,
                                    static_cast<schema::SunMode>(sun.mode));
}

desk::FollowTheSun read_sun(FieldReader& reader, const schema::FollowTheSun& table) {
  return {reader.text(table.calendar(), "sun.calendar"), reader.text(table.queue(), "sun.queue"),
          reader.enumerator(table.mode(), desk::SunMode::transfer, "sun.mode")};
}

void read_routing(FieldReader& reader, const schema::QueueDefinition& table,
                  desk::QueueDefinition& queue) {
  reader.tables(table.steps(), "steps", [&](const schema::RoutingStep& step) {
    queue.steps.push_back(read_step(reader, step));
  });
  reader.tables(table.preferred(), "preferred", [&](const schema::PreferredTerm& term) {
    queue.preferred.push_back(read_term(reader, term));
  });
  queue.best_fit = table.best_fit();
  queue.choice = reader.enumerator(table.choice(), desk::ChoiceOrder::occupancy, "choice");
  queue.share = table.share();
  reader.tables(table.overflows(), "overflows", [&](const schema::Overflow& overflow) {
    queue.overflows.push_back(read_overflow(reader, overflow));
  });
  if (table.sticky() != nullptr) queue.sticky = read_sticky(reader, *table.sticky());
  queue.window_us = read_duration(reader, table.window_us(), "window_us");
  queue.min_fit_us = read_duration(reader, table.min_fit_us(), "min_fit_us");
  queue.keep_free = table.keep_free();
}

void read_offers(FieldReader& reader, const schema::QueueDefinition& table,
                 desk::QueueDefinition& queue) {
  queue.auto_accept = table.auto_accept();
  queue.offer_timeout_us = read_duration(reader, table.offer_timeout_us(), "offer_timeout_us");
  queue.fan_out = reader.number(table.fan_out(), 1, fan_out_max, "fan_out");
  queue.declines_max = table.declines_max();
  queue.cool_off_us = read_duration(reader, table.cool_off_us(), "cool_off_us");
  queue.grace_us = read_duration(reader, table.grace_us(), "grace_us");
  queue.keep_lost = table.keep_lost();
  queue.wrap_up_min_us = read_duration(reader, table.wrap_up_min_us(), "wrap_up_min_us");
  queue.wrap_up_max_us = read_duration(reader, table.wrap_up_max_us(), "wrap_up_max_us");
}

void read_tiers(FieldReader& reader, const schema::QueueDefinition& table,
                desk::QueueDefinition& queue) {
  queue.escalate_to = reader.text(table.escalate_to(), "escalate_to");
  queue.checklist = read_text_tables(reader, table.checklist(), "checklist");
  queue.checklist_required = table.checklist_required();
  queue.no_touch_us = read_duration(reader, table.no_touch_us(), "no_touch_us");
  queue.escalate_unroutable = table.escalate_unroutable();
  queue.bounce_window_us = read_duration(reader, table.bounce_window_us(), "bounce_window_us");
  if (table.sun() != nullptr) queue.sun = read_sun(reader, *table.sun());
}

}  // namespace

Offset<schema::RouteRule> put(Builder& builder, const desk::RouteRule& route) {
  const auto route_name = put_text(builder, route.name);
  const auto when = put_text(builder, route.when);
  const auto queue = put_text(builder, route.queue);
  return schema::CreateRouteRule(builder, route_name, when, queue, route.min_confidence,
                                 route.enabled);
}

desk::RouteRule read(FieldReader& reader, const schema::RouteRule& table) {
  return {reader.text(table.name(), "name"), reader.text(table.when(), "when"),
          reader.text(table.queue(), "queue"),
          reader.number(table.min_confidence(), 0, 100, "min_confidence"), table.enabled()};
}

Offset<schema::QueueDefinition> put(Builder& builder, const desk::QueueDefinition& queue) {
  const auto head_start = put_head_start(builder, queue.head_start);
  const auto queue_name = put_text(builder, queue.name);
  const auto group = put_text(builder, queue.group);
  const auto need = put_text(builder, queue.need);
  const auto steps = put_tables<schema::RoutingStep>(builder, queue.steps, put_step);
  const auto preferred = put_tables<schema::PreferredTerm>(builder, queue.preferred, put_term);
  const auto overflows = put_tables<schema::Overflow>(builder, queue.overflows, put_overflow);
  const auto sticky = put_sticky(builder, queue.sticky);
  const auto escalate_to = put_text(builder, queue.escalate_to);
  const auto checklist = put_text_tables(builder, queue.checklist);
  const auto sun = put_sun(builder, queue.sun);

  schema::QueueDefinitionBuilder table(builder);
  table.add_name(queue_name);
  table.add_group(group);
  table.add_need(need);
  table.add_tier(queue.tier);
  table.add_mode(static_cast<schema::QueueMode>(queue.mode));
  table.add_discipline(static_cast<schema::Discipline>(queue.discipline));
  table.add_weight_milli(queue.weight_milli);
  table.add_default_horizon_us(queue.default_horizon_us);
  table.add_head_start(head_start);
  table.add_steps(steps);
  table.add_preferred(preferred);
  table.add_best_fit(queue.best_fit);
  table.add_choice(static_cast<schema::ChoiceOrder>(queue.choice));
  table.add_share(queue.share);
  table.add_overflows(overflows);
  table.add_sticky(sticky);
  table.add_window_us(queue.window_us);
  table.add_min_fit_us(queue.min_fit_us);
  table.add_keep_free(queue.keep_free);
  table.add_auto_accept(queue.auto_accept);
  table.add_offer_timeout_us(queue.offer_timeout_us);
  table.add_fan_out(queue.fan_out);
  table.add_declines_max(queue.declines_max);
  table.add_cool_off_us(queue.cool_off_us);
  table.add_grace_us(queue.grace_us);
  table.add_keep_lost(queue.keep_lost);
  table.add_wrap_up_min_us(queue.wrap_up_min_us);
  table.add_wrap_up_max_us(queue.wrap_up_max_us);
  table.add_escalate_to(escalate_to);
  table.add_checklist(checklist);
  table.add_checklist_required(queue.checklist_required);
  table.add_no_touch_us(queue.no_touch_us);
  table.add_escalate_unroutable(queue.escalate_unroutable);
  table.add_bounce_window_us(queue.bounce_window_us);
  table.add_sun(sun);
  return table.Finish();
}

desk::QueueDefinition read(FieldReader& reader, const schema::QueueDefinition& table) {
  desk::QueueDefinition queue;
  queue.name = reader.text(table.name(), "name");
  queue.group = reader.text(table.group(), "group");
  queue.need = reader.text(table.need(), "need");
  queue.tier = table.tier();
  queue.mode = reader.enumerator(table.mode(), desk::QueueMode::pull, "mode");
  queue.discipline =
      reader.enumerator(table.discipline(), desk::Discipline::priority_minutes, "discipline");
  queue.weight_milli = table.weight_milli();
  queue.default_horizon_us =
      read_duration(reader, table.default_horizon_us(), "default_horizon_us");
  if (table.head_start() != nullptr)
    queue.head_start = read_head_start(reader, *table.head_start());
  read_routing(reader, table, queue);
  read_offers(reader, table, queue);
  read_tiers(reader, table, queue);
  return queue;
}

Offset<schema::AgentDefinition> put(Builder& builder, const desk::AgentDefinition& agent) {
  const auto agent_name = put_text(builder, agent.name);
  const auto groups = put_text_tables(builder, agent.groups);
  const auto skills =
      put_tables<schema::Skill>(builder, agent.skills, [](Builder& b, const auto& skill) {
        const auto skill_name = put_text(b, skill.first);
        return schema::CreateSkill(b, skill_name, skill.second);
      });
  const auto languages = put_text_tables(builder, agent.languages);
  const auto clearances = put_text_tables(builder, agent.clearances);
  const auto channels = put_text_tables(builder, agent.channels);
  const auto shift = put_text(builder, agent.shift);
  return schema::CreateAgentDefinition(builder, agent_name, groups, skills, agent.capacity_milli,
                                       languages, clearances, channels, shift);
}

desk::AgentDefinition read(FieldReader& reader, const schema::AgentDefinition& table) {
  desk::AgentDefinition agent;
  agent.name = reader.text(table.name(), "name");
  agent.groups = read_text_tables(reader, table.groups(), "groups");
  reader.tables(table.skills(), "skills", [&](const schema::Skill& skill) {
    agent.skills.emplace_back(reader.text(skill.name(), "skills.name"),
                              reader.number(skill.level(), 1, 100, "skills.level"));
  });
  agent.capacity_milli = table.capacity_milli();
  agent.languages = read_text_tables(reader, table.languages(), "languages");
  agent.clearances = read_text_tables(reader, table.clearances(), "clearances");
  agent.channels = read_text_tables(reader, table.channels(), "channels");
  agent.shift = reader.text(table.shift(), "shift");
  return agent;
}

Offset<schema::WorkRule> put(Builder& builder, const desk::WorkRule& rule) {
  const auto channel = put_text(builder, rule.channel);
  return schema::CreateWorkRule(builder, channel, rule.kind, rule.priority, rule.weight_milli,
                                rule.channel_max, rule.blocking, rule.interruptible);
}

desk::WorkRule read(FieldReader& reader, const schema::WorkRule& table) {
  constexpr auto kind_max = static_cast<int8_t>(desk::TicketKind::task);
  return {reader.text(table.channel(), "channel"),
          reader.number(table.kind(), -1, kind_max, "kind"),
          reader.number(table.priority(), -1, sched::priority_count - 1, "priority"),
          table.weight_milli(),
          table.channel_max(),
          table.blocking(),
          table.interruptible()};
}

Offset<schema::AwayCode> put(Builder& builder, const desk::AwayCode& code) {
  const auto code_name = put_text(builder, code.name);
  return schema::CreateAwayCode(builder, code_name, code.planned, code.routable);
}

desk::AwayCode read(FieldReader& reader, const schema::AwayCode& table) {
  return {reader.text(table.name(), "name"), table.planned(), table.routable()};
}

}  // namespace paceline::wire
