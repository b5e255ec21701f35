#include "wire/config_codec.h"

#include <gtest/gtest.h>

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <random>
#include <string>

namespace paceline::wire {
namespace {

desk::Rung rung(uint32_t share_bp, int64_t before_us) {
  desk::Rung rung;
  rung.share_bp = share_bp;
  rung.before_us = before_us;
  return rung;
}

void add_routing(desk::QueueDefinition& queue) {
  queue.steps = {{"network >= 6", 5 * sched::minute.us, 30 * sched::minute.us},
                 {"network >= 2", 0, 0}};
  queue.preferred = {{"vpn >= 4", 5}};
  queue.best_fit = false;
  queue.choice = desk::ChoiceOrder::occupancy;
  queue.share = 3;
  queue.overflows = {{sched::hour.us, 0, false, "network-l2"}, {0, 100, true, "front"}};
  queue.sticky = {desk::StickyBy::requester_and_config_item, sched::day.us, sched::minute.us,
                  sched::hour.us};
  queue.window_us = 50'000;
  queue.min_fit_us = 15 * sched::minute.us;
  queue.keep_free = 2;
  queue.auto_accept = false;
  queue.offer_timeout_us = sched::minute.us;
  queue.fan_out = 3;
  queue.declines_max = 5;
  queue.cool_off_us = sched::hour.us;
  queue.grace_us = sched::minute.us;
  queue.keep_lost = true;
  queue.wrap_up_min_us = 1;
  queue.wrap_up_max_us = 2;
  queue.escalate_to = "network-l2";
  queue.checklist = {"symptoms", "steps_tried"};
  queue.checklist_required = false;
  queue.no_touch_us = sched::day.us;
  queue.escalate_unroutable = true;
  queue.bounce_window_us = 0;
  queue.sun = {"uk", "network-us", desk::SunMode::transfer};
}

void add_dispatching(desk::DeskSettings& settings) {
  settings.coordinator_queue = "front";
  settings.aged_share_milli = 200;
  settings.max_wait_us = sched::hour.us;
  settings.language = desk::LanguageRule::ignored;
  settings.work = {{"chat", -1, -1, 330, 3, false, false}, {"", 1, 0, 100, 10, true, true}};
  settings.away_codes = {{"lunch", true, false}, {"coaching", false, true}};
  settings.pending_share_milli = 0;
  settings.no_response_after = 3;
  settings.drain_lead_us = sched::minute.us;
  settings.ramp_items = 2;
  settings.ramp_us = sched::hour.us;
  settings.occupancy_low_milli = 700;
  settings.occupancy_high_milli = 900;
  settings.best_suited_first = true;
  settings.survey = {desk::all_questions, 250, sched::day.us, sched::hour.us, 0, "leads"};
}

desk::Configuration enterprise() {
  desk::Configuration configuration;
  sched::CalendarSpec uk;
  uk.name = "uk";
  uk.zone = {"Europe/London", "2025b", 0, {{{100}, 3'600}, {{200}, 0}}};
  uk.week = {{0, 9 * 3'600, 17 * 3'600}, {6, 22 * 3'600, 30 * 3'600}};
  uk.closed = {{2026, 12, 25}};
  uk.open = {{{2026, 12, 24}, 9 * 3'600, 12 * 3'600}};
  uk.yearly = {{{sched::YearlyDay::Kind::weekday_of_month, 5, 1, 0, 0, 0}, 0, 0},
               {{sched::YearlyDay::Kind::easter, 1, 1, 0, 1, -2}, 0, 0}};
  uk.valid_from = sched::LocalDate{2026, 1, 1};
  sched::CalendarSpec off_hours;
  off_hours.name = "off-hours";
  off_hours.algebra = sched::Algebra::minus;
  off_hours.operands = {sched::round_the_clock(), uk};
  configuration.calendars = {uk, off_hours};
  configuration.routes = {{"network", "category == network", "network-l1", 80, false}};
  desk::PolicyDefinition policy;
  policy.name = "P1 resolution";
  policy.when = "priority == P1";
  policy.target.us = 4 * sched::hour.us;
  policy.calendar = "uk";
  policy.label = "uk";
  policy.start = "priority == P1";
  policy.stop = "state == resolved";
  policy.cancel = "state == cancelled";
  policy.reset = "reopened";
  policy.pause_when = "state == pending";
  policy.resume_when = "state == queued";
  policy.cancel_when_start_false = 0;
  policy.pause_stated = true;
  policy.pause = {"awaiting_requester", "awaiting_vendor"};
  policy.pause_moves_fixed = true;
  policy.bot_counts = true;
  policy.automatic_counts = true;
  policy.rungs = {rung(5'000, 0), rung(7'500, 0), rung(0, sched::hour.us)};
  policy.rungs[1].notify = {"lead", "owner"};
  policy.rungs[1].action = desk::RungAction::reassign;
  policy.rungs[1].queue = "network-l1";
  policy.rungs[1].calendar = "uk";
  policy.rungs[1].repeat_us = sched::hour.us;
  policy.rungs[1].repeat_max = 5;
  policy.rungs[2].action = desk::RungAction::raise_priority;
  policy.rungs[2].retarget = true;
  policy.on_priority_change = desk::OnPriorityChange::keep;
  policy.on_calendar_change = desk::OnCalendarChange::never;
  policy.on_reopen = desk::OnReopen::proceed;
  policy.verdict = desk::VerdictRule::initial;
  policy.origin = desk::ClockOrigin::occurred;
  policy.merge_origin = desk::MergeOrigin::earliest;
  configuration.policies = {policy};
  desk::QueueDefinition queue;
  queue.name = "network-l1";
  queue.group = "network";
  queue.need = "network >= 2";
  queue.tier = 2;
  queue.mode = desk::QueueMode::manual;
  queue.discipline = desk::Discipline::fifo;
  queue.weight_milli = 500;
  queue.head_start.priority_us[1] = 8 * sched::hour.us;
  queue.head_start.vip_us = sched::hour.us;
  queue.head_start.negative_us = -1;
  add_routing(queue);
  configuration.queues = {queue};
  configuration.agents = {{"ann",
                           {"network", "voice"},
                           {{"network", 6}, {"vpn", 4}},
                           2'000,
                           {"en", "de"},
                           {"hr"},
                           {"mail", "chat"},
                           "uk"}};
  configuration.criticalities = {{true, "core-router", sched::Impact::high}};
  add_dispatching(configuration.settings);
  configuration.objects = {
      {desk::ObjectKind::service, "payroll", {{"region", "emea"}, {"tier", "gold"}}},
      {desk::ObjectKind::requester, "Ada", {{"department", "finance"}}}};
  configuration.settings.strict = {sched::Priority::p1, sched::Priority::p2};
  configuration.settings.triage_queue = "front";
  configuration.settings.calendar = "uk";
  configuration.settings.reopen_window = {0, 5};
  configuration.settings.pauses = {{"awaiting_vendor", 1U << 1, "priority == P5"}};
  configuration.settings.pending = {{"awaiting_requester", {0, 10}, {sched::day.us, 0}, 3}};
  return configuration;
}

std::string refusal_of(const std::function<void(desk::Configuration&)>& change) {
  auto configuration = enterprise();
  change(configuration);
  const auto refused = decode_configuration(encode_configuration(configuration));
  EXPECT_FALSE(refused);
  return refused ? "" : refused.error();
}

TEST(ConfigCodec, AConfigurationComesBackEqual) {
  const auto configuration = enterprise();
  const auto back = decode_configuration(encode_configuration(configuration));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(*back, configuration);
}

TEST(ConfigCodec, TheDefaultComesBackEqual) {
  const auto back = decode_configuration(encode_configuration({}));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(*back, desk::Configuration{});
}

TEST(ConfigCodec, WhatADocumentLeavesOutOfRoutingIsTheDefault) {
  // Settings that state the matrix, and a route that states nothing.
  flatbuffers::FlatBufferBuilder builder;
  using Offset = flatbuffers::Offset<void>;
  const std::vector<uint8_t> cells{1, 2, 3, 2, 3, 4, 3, 4, 5};
  const auto matrix = builder.CreateVector(cells);
  const auto settings_at = builder.StartTable();
  builder.AddOffset(4, matrix);
  const Offset settings(builder.EndTable(settings_at));
  const auto empty_at = builder.StartTable();
  const Offset empty(builder.EndTable(empty_at));
  const auto list = builder.CreateVector(std::vector<Offset>{empty});
  const auto root_at = builder.StartTable();
  builder.AddOffset(4, settings);
  builder.AddOffset(8, list);  // routes
  const Offset root(builder.EndTable(root_at));
  builder.Finish(root);
  const auto decoded =
      decode_configuration(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
  ASSERT_TRUE(decoded) << decoded.error();
  ASSERT_EQ(decoded->routes.size(), 1U);
  EXPECT_EQ(decoded->routes[0], desk::RouteRule{});
  desk::DeskSettings expected;
  expected.pauses.clear();
  expected.strict.clear();
  expected.triage_queue.clear();
  expected.auto_close = decoded->settings.auto_close;
  expected.reopen_window = decoded->settings.reopen_window;
  expected.stale_after_us = decoded->settings.stale_after_us;
  expected.max_backdate_us = decoded->settings.max_backdate_us;
  EXPECT_EQ(decoded->settings, expected);
}

TEST(ConfigCodec, AQueueOfADocumentBeforeRoutingKeepsItsMeaning) {
  flatbuffers::FlatBufferBuilder builder;
  using Offset = flatbuffers::Offset<void>;
  const std::vector<uint8_t> cells{1, 2, 3, 2, 3, 4, 3, 4, 5};
  const auto matrix = builder.CreateVector(cells);
  const auto settings_at = builder.StartTable();
  builder.AddOffset(4, matrix);
  const Offset settings(builder.EndTable(settings_at));
  const auto sticky_at = builder.StartTable();
  const Offset sticky(builder.EndTable(sticky_at));
  const auto queue_at = builder.StartTable();
  builder.AddElement<uint8_t>(10, 1, 0);                  // tier
  builder.AddElement<uint32_t>(16, 1'000, 0);             // weight_milli
  builder.AddElement<int64_t>(18, 5 * sched::day.us, 0);  // default_horizon_us
  builder.AddOffset(34, sticky);
  const Offset queue(builder.EndTable(queue_at));
  const auto list = builder.CreateVector(std::vector<Offset>{queue});
  const auto root_at = builder.StartTable();
  builder.AddOffset(4, settings);
  builder.AddOffset(12, list);  // queues
  const Offset root(builder.EndTable(root_at));
  builder.Finish(root);
  const auto decoded =
      decode_configuration(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
  ASSERT_TRUE(decoded) << decoded.error();
  ASSERT_EQ(decoded->queues.size(), 1U);
  EXPECT_EQ(decoded->queues[0], desk::QueueDefinition{});
}

TEST(ConfigCodec, TheSameConfigurationGivesTheSameBytes) {
  EXPECT_EQ(encode_configuration(enterprise()), encode_configuration(enterprise()));
  EXPECT_EQ(hash_document(encode_configuration(enterprise())),
            hash_document(encode_configuration(enterprise())));
}

TEST(ConfigCodec, AnyAlignmentWillDo) {
  const Bytes document = encode_configuration(enterprise());
  for (size_t shift = 0; shift < 8; ++shift) {
    Bytes shifted(document.size() + shift);
    std::copy(document.begin(), document.end(), shifted.begin() + static_cast<ptrdiff_t>(shift));
    EXPECT_TRUE(decode_configuration(std::span<const std::byte>(shifted).subspan(shift)));
  }
}

class RandomConfiguration {
 public:
  explicit RandomConfiguration(unsigned seed) : random_(seed) {}

  desk::Configuration make() {
    desk::Configuration c;
    for (auto& row : c.settings.matrix.cell)
      for (auto& cell : row) cell = static_cast<sched::Priority>(1 + below(5));
    c.settings.calendar = text();
    c.settings.auto_close = period();
    c.settings.reopen_window = period();
    c.settings.pauses.clear();
    for (int64_t i = below(4); i > 0; --i)
      c.settings.pauses.push_back({text(), static_cast<uint32_t>(below(1 << 11)), text()});
    for (int64_t i = below(4); i > 0; --i)
      c.settings.pending.push_back({text(), period(), period(), static_cast<uint8_t>(below(256))});
    c.settings.stale_after_us = duration();
    c.settings.max_backdate_us = duration();
    c.settings.triage_queue = text();
    c.settings.strict.clear();
    for (int64_t i = below(6); i > 0; --i)
      c.settings.strict.push_back(static_cast<sched::Priority>(1 + below(5)));
    fill_dispatching(c.settings);
    c.calendars.resize(size());
    for (auto& calendar : c.calendars) fill(calendar);
    c.routes.resize(size());
    for (auto& route : c.routes)
      route = {text(), text(), text(), static_cast<uint8_t>(below(101)), flag()};
    c.policies.resize(size());
    for (auto& policy : c.policies) fill(policy);
    c.queues.resize(size());
    for (auto& queue : c.queues) fill(queue);
    c.agents.resize(size());
    for (auto& agent : c.agents) fill(agent);
    c.criticalities.resize(size());
    for (auto& each : c.criticalities)
      each = {below(2) == 0, text(), static_cast<sched::Impact>(1 + below(3))};
    c.objects.resize(size());
    for (auto& each : c.objects)
      each = {static_cast<desk::ObjectKind>(below(3)), text(), {{text(), text()}}};
    return c;
  }

 private:
  int64_t below(int64_t bound) {
    return static_cast<int64_t>(random_() % static_cast<uint64_t>(bound));
  }
  size_t size() { return static_cast<size_t>(below(4)); }
  bool flag() { return below(2) == 0; }
  uint32_t number() { return static_cast<uint32_t>(below(1'000'000)); }
  int64_t duration() { return below(366 * sched::day.us); }
  desk::Period period() {
    if (below(2) == 0) return {0, static_cast<uint16_t>(below(367))};
    return {duration(), 0};
  }
  std::string text() {
    static const char* const words[] = {"", "network", "Zürich", "P1 && vip", "東京", "x"};
    return words[below(6)];
  }

  sched::LocalDate date() {
    return {static_cast<int16_t>(1'990 + below(100)), static_cast<uint8_t>(1 + below(12)),
            static_cast<uint8_t>(1 + below(31))};
  }
  void fill(sched::CalendarSpec& c, int depth = 2) {
    c.name = text();
    c.always_open = below(2) == 0;
    c.zone = {text(), text(), static_cast<int32_t>(below(7'200)) - 3'600, {}};
    int64_t at = -below(1'000'000);
    for (int64_t i = below(5); i > 0; --i)
      c.zone.transitions.push_back(
          {{at += 1 + below(1'000'000)}, static_cast<int32_t>(below(3'600))});
    for (int64_t i = below(5); i > 0; --i)
      c.week.push_back({static_cast<uint8_t>(below(7)), static_cast<uint32_t>(below(86'401)),
                        static_cast<uint32_t>(below(172'801))});
    for (int64_t i = below(5); i > 0; --i) c.closed.push_back(date());
    for (int64_t i = below(5); i > 0; --i)
      c.open.push_back(
          {date(), static_cast<uint32_t>(below(86'401)), static_cast<uint32_t>(below(172'801))});
    for (int64_t i = below(5); i > 0; --i)
      c.yearly.push_back(
          {{static_cast<sched::YearlyDay::Kind>(below(3)), static_cast<uint8_t>(1 + below(12)),
            static_cast<uint8_t>(1 + below(31)), static_cast<uint8_t>(below(7)),
            static_cast<uint8_t>(below(6)), static_cast<int16_t>(below(733) - 366)},
           static_cast<uint32_t>(below(86'401)),
           static_cast<uint32_t>(below(172'801))});
    if (below(2) == 0) c.valid_from = date();
    if (below(2) == 0) c.valid_to = date();
    c.algebra = static_cast<sched::Algebra>(below(4));
    if (depth == 0) return;
    c.operands.resize(size());
    for (auto& operand : c.operands) fill(operand, depth - 1);
  }
  void fill(desk::PolicyDefinition& p) {
    p.name = text();
    p.when = text();
    p.clock = static_cast<desk::ClockKind>(below(desk::clock_kind_count));
    p.label = text();
    fill(p.target);
    p.calendar = text();
    for (auto* condition : {&p.start, &p.stop, &p.cancel, &p.reset, &p.pause_when, &p.resume_when})
      *condition = text();
    p.cancel_when_start_false = static_cast<int8_t>(below(3) - 1);
    p.pause_stated = below(2) == 0;
    for (int64_t i = below(4); i > 0; --i) p.pause.push_back(text());
    p.pause_moves_fixed = below(2) == 0;
    p.bot_counts = below(2) == 0;
    p.automatic_counts = below(2) == 0;
    fill(p.rungs);
    p.on_priority_change = static_cast<desk::OnPriorityChange>(below(4));
    p.on_calendar_change = static_cast<desk::OnCalendarChange>(below(3));
    p.on_reopen = static_cast<desk::OnReopen>(below(3));
    p.verdict = static_cast<desk::VerdictRule>(below(3));
    p.origin = static_cast<desk::ClockOrigin>(below(2));
    p.merge_origin = static_cast<desk::MergeOrigin>(below(2));
  }
  void fill(desk::Target& target) {
    target.kind = static_cast<desk::TargetKind>(below(4));
    target.cut_off_s = static_cast<uint32_t>(below(86'400));
    if (target.kind == desk::TargetKind::duration) target.us = 1 + duration();
    if (target.kind == desk::TargetKind::instant)
      target.us = sched::Calendar::first_instant.us + duration();
    if (target.kind == desk::TargetKind::end_of_business_day)
      target.business_days = static_cast<uint16_t>(1 + below(366));
  }
  void fill(std::vector<desk::Rung>& rungs) {
    uint32_t share_bp = 0;
    for (int64_t i = below(29); i > 0; --i)
      rungs.push_back(rung(share_bp += 1 + static_cast<uint32_t>(below(3'000)), 0));
    for (int64_t i = below(4); i > 0; --i) rungs.push_back(rung(0, 1 + duration()));
    for (auto& each : rungs) {
      for (int64_t i = below(3); i > 0; --i) each.notify.push_back(text());
      each.action = static_cast<desk::RungAction>(below(5));
      each.queue = text();
      each.calendar = text();
      each.repeat_us = duration();
      each.repeat_max = static_cast<uint16_t>(below(65'536));
      each.retarget = below(2) == 1;
    }
  }
  void fill(desk::QueueDefinition& q) {
    q.name = text();
    q.group = text();
    q.need = text();
    q.tier = static_cast<uint8_t>(below(256));
    q.mode = static_cast<desk::QueueMode>(below(3));
    q.discipline = static_cast<desk::Discipline>(below(5));
    q.weight_milli = static_cast<uint32_t>(below(5'000));
    q.default_horizon_us = duration();
    for (auto& each : q.head_start.priority_us) each = duration() - duration();
    q.head_start.vip_us = duration();
    q.head_start.reopened_us = -duration();
    q.head_start.negative_us = duration();
    fill_routing(q);
  }
  void fill_routing(desk::QueueDefinition& q) {
    for (int64_t i = below(4); i > 0; --i) q.steps.push_back({text(), duration(), duration()});
    for (int64_t i = below(4); i > 0; --i)
      q.preferred.push_back({text(), static_cast<uint8_t>(1 + below(15))});
    q.best_fit = flag();
    q.choice = static_cast<desk::ChoiceOrder>(below(3));
    q.share = number();
    q.keep_free = number();
    for (int64_t i = below(4); i > 0; --i)
      q.overflows.push_back({duration(), number(), flag(), text()});
    q.sticky = {static_cast<desk::StickyBy>(below(3)), duration(), duration(), duration()};
    q.auto_accept = flag();
    q.fan_out = static_cast<uint8_t>(1 + below(8));
    q.declines_max = static_cast<uint8_t>(below(256));
    q.keep_lost = flag();
    for (auto* each :
         {&q.window_us, &q.min_fit_us, &q.offer_timeout_us, &q.cool_off_us, &q.grace_us,
          &q.wrap_up_min_us, &q.wrap_up_max_us, &q.no_touch_us, &q.bounce_window_us})
      *each = duration();
    q.escalate_to = text();
    for (int64_t i = below(4); i > 0; --i) q.checklist.push_back(text());
    q.checklist_required = flag();
    q.escalate_unroutable = flag();
    q.sun = {text(), text(), static_cast<desk::SunMode>(below(3))};
  }
  void fill_dispatching(desk::DeskSettings& s) {
    s.coordinator_queue = text();
    s.max_wait_us = duration();
    s.language = static_cast<desk::LanguageRule>(below(3));
    for (int64_t i = below(4); i > 0; --i)
      s.work.push_back({text(), static_cast<int8_t>(below(4) - 1),
                        static_cast<int8_t>(below(7) - 1), number(), number(), flag(), flag()});
    for (int64_t i = below(4); i > 0; --i) s.away_codes.push_back({text(), flag(), flag()});
    for (auto* each : {&s.aged_share_milli, &s.pending_share_milli, &s.occupancy_low_milli,
                       &s.occupancy_high_milli})
      *each = static_cast<uint32_t>(below(1'001));
    s.no_response_after = static_cast<uint8_t>(below(256));
    s.drain_lead_us = duration();
    s.ramp_items = number();
    s.ramp_us = duration();
    s.best_suited_first = flag();
    if (flag()) return;
    s.survey = {static_cast<uint8_t>(below(4)),
                static_cast<uint32_t>(below(1'001)),
                duration(),
                1 + below(desk::survey_valid_us_max),
                duration(),
                text()};
  }
  void fill(desk::AgentDefinition& a) {
    a.name = text();
    for (int64_t i = below(4); i > 0; --i) a.groups.push_back(text());
    for (int64_t i = below(4); i > 0; --i)
      a.skills.emplace_back(text(), static_cast<uint8_t>(1 + below(100)));
    a.capacity_milli = static_cast<uint32_t>(below(10'000));
    for (auto* list : {&a.languages, &a.clearances, &a.channels})
      for (int64_t i = below(4); i > 0; --i) list->push_back(text());
    a.shift = text();
  }

  std::mt19937_64 random_;
};

TEST(ConfigCodec, RandomConfigurationsComeBackEqual) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto configuration = RandomConfiguration(seed).make();
    const auto back = decode_configuration(encode_configuration(configuration));
    ASSERT_TRUE(back) << back.error();
    ASSERT_EQ(*back, configuration);
  }
}

TEST(ConfigCodec, RefusalsNameTheElement) {
  EXPECT_EQ(refusal_of([](auto& c) { c.policies[0].target.us = 0; }),
            "configuration: policies[0]: target.us 0 is out of range: 1 to 31622400000000");
  EXPECT_EQ(refusal_of([](auto& c) {
              c.routes.push_back({"\xff", "", ""});
            }),
            "configuration: routes[1]: name is not UTF-8 or contains a NUL");
}

TEST(ConfigCodec, ValuesOutOfRangeAreRefused) {
  const std::function<void(desk::Configuration&)> changes[] = {
      [](auto& c) { c.settings.matrix.cell[2][2] = sched::Priority::none; },
      [](auto& c) { c.settings.matrix.cell[0][0] = static_cast<sched::Priority>(6); },
      [](auto& c) { c.settings.auto_close.us = -1; },
      [](auto& c) { c.settings.reopen_window.us = INT64_MAX; },
      [](auto& c) { c.settings.reopen_window.business_days = 367; },
      [](auto& c) { c.settings.pauses[0].clocks = 1U << desk::clock_kind_count; },
      [](auto& c) { c.settings.pending[0].max_pause.business_days = 367; },
      [](auto& c) { c.settings.pending[0].remind_every.us = -1; },
      [](auto& c) { c.settings.strict.assign(6, sched::Priority::p1); },
      [](auto& c) { c.settings.strict = {sched::Priority::none}; },
      [](auto& c) { c.calendars[0].week[0].weekday = 7; },
      [](auto& c) { c.calendars[0].week[0].open_s = 86'401; },
      [](auto& c) { c.calendars[0].week[0].close_s = 172'801; },
      [](auto& c) { c.calendars[0].closed[0].month = 13; },
      [](auto& c) { c.calendars[0].closed[0].day = 0; },
      [](auto& c) { c.calendars[0].zone.first_offset_s = 100'000; },
      [](auto& c) { c.calendars[0].open[0].date.month = 0; },
      [](auto& c) { c.calendars[0].open[0].close_s = 172'801; },
      [](auto& c) { c.calendars[0].yearly[0].on.kind = static_cast<sched::YearlyDay::Kind>(3); },
      [](auto& c) { c.calendars[0].yearly[0].on.nth = 6; },
      [](auto& c) { c.calendars[0].yearly[1].on.offset_days = 367; },
      [](auto& c) { c.calendars[0].valid_from->day = 32; },
      [](auto& c) { c.calendars[1].algebra = static_cast<sched::Algebra>(4); },
      [](auto& c) { c.calendars[1].operands[1].week[0].weekday = 7; },
      [](auto& c) {
        std::swap(c.calendars[0].zone.transitions[0], c.calendars[0].zone.transitions[1]);
      },
      [](auto& c) { c.policies[0].clock = static_cast<desk::ClockKind>(11); },
      [](auto& c) { c.policies[0].target.us = 367 * sched::day.us; },
      [](auto& c) { c.policies[0].target.kind = static_cast<desk::TargetKind>(4); },
      [](auto& c) { c.policies[0].target.cut_off_s = 86'400; },
      [](auto& c) { c.policies[0].target.business_days = 367; },
      [](auto& c) { c.policies[0].target.kind = desk::TargetKind::end_of_business_day; },
      [](auto& c) {
        c.policies[0].target = {desk::TargetKind::instant, 0, 0, 0};
      },
      [](auto& c) {
        c.policies[0].target = {desk::TargetKind::instant, sched::Calendar::horizon.us + 1, 0, 0};
      },
      [](auto& c) { c.policies[0].cancel_when_start_false = 2; },
      [](auto& c) { c.policies[0].cancel_when_start_false = -2; },
      [](auto& c) { c.policies[0].rungs[1].share_bp = 5'000; },
      [](auto& c) { c.policies[0].rungs[1].share_bp = 100'001; },
      [](auto& c) { c.policies[0].rungs[1].share_bp = 0; },
      [](auto& c) { c.policies[0].rungs[1].before_us = 1; },
      [](auto& c) { c.policies[0].rungs.push_back(rung(8'000, 0)); },
      [](auto& c) { c.policies[0].rungs.assign(33, rung(0, 1)); },
      [](auto& c) { c.policies[0].rungs[0].action = static_cast<desk::RungAction>(5); },
      [](auto& c) { c.policies[0].rungs[0].repeat_us = -1; },
      [](auto& c) { c.policies[0].on_priority_change = static_cast<desk::OnPriorityChange>(4); },
      [](auto& c) { c.policies[0].on_calendar_change = static_cast<desk::OnCalendarChange>(3); },
      [](auto& c) { c.policies[0].on_reopen = static_cast<desk::OnReopen>(3); },
      [](auto& c) { c.policies[0].verdict = static_cast<desk::VerdictRule>(3); },
      [](auto& c) { c.policies[0].merge_origin = static_cast<desk::MergeOrigin>(2); },
      [](auto& c) { c.policies[0].origin = static_cast<desk::ClockOrigin>(2); },
      [](auto& c) { c.routes[0].min_confidence = 101; },
      [](auto& c) { c.settings.aged_share_milli = 1'001; },
      [](auto& c) { c.settings.pending_share_milli = 1'001; },
      [](auto& c) { c.settings.occupancy_low_milli = 1'001; },
      [](auto& c) { c.settings.occupancy_high_milli = UINT32_MAX; },
      [](auto& c) { c.settings.max_wait_us = -1; },
      [](auto& c) { c.settings.survey.questions = 4; },
      [](auto& c) { c.settings.survey.sampling_milli = 1'001; },
      [](auto& c) { c.settings.survey.quiet_us = -1; },
      [](auto& c) { c.settings.survey.valid_us = 0; },
      [](auto& c) { c.settings.survey.valid_us = desk::survey_valid_us_max + 1; },
      [](auto& c) { c.settings.survey.change_within_us = INT64_MAX; },
      [](auto& c) { c.settings.survey.follow_up = "\xff"; },
      [](auto& c) { c.settings.drain_lead_us = INT64_MAX; },
      [](auto& c) { c.settings.ramp_us = -1; },
      [](auto& c) { c.settings.language = static_cast<desk::LanguageRule>(3); },
      [](auto& c) { c.settings.work[0].kind = 3; },
      [](auto& c) { c.settings.work[0].kind = -2; },
      [](auto& c) { c.settings.work[1].priority = 6; },
      [](auto& c) { c.settings.away_codes[1].name = "\xff"; },
      [](auto& c) { c.queues[0].steps[0].wait_us = -1; },
      [](auto& c) { c.queues[0].steps[1].slack_us = INT64_MAX; },
      [](auto& c) { c.queues[0].preferred[0].points = 0; },
      [](auto& c) { c.queues[0].preferred[0].points = 16; },
      [](auto& c) { c.queues[0].choice = static_cast<desk::ChoiceOrder>(3); },
      [](auto& c) { c.queues[0].overflows[1].wait_us = -1; },
      [](auto& c) { c.queues[0].sticky.by = static_cast<desk::StickyBy>(3); },
      [](auto& c) { c.queues[0].sticky.ttl_us = -1; },
      [](auto& c) { c.queues[0].sticky.wait_us = INT64_MIN; },
      [](auto& c) { c.queues[0].sticky.min_slack_us = -1; },
      [](auto& c) { c.queues[0].window_us = -1; },
      [](auto& c) { c.queues[0].min_fit_us = -1; },
      [](auto& c) { c.queues[0].offer_timeout_us = -1; },
      [](auto& c) { c.queues[0].fan_out = 0; },
      [](auto& c) { c.queues[0].fan_out = 9; },
      [](auto& c) { c.queues[0].cool_off_us = -1; },
      [](auto& c) { c.queues[0].grace_us = -1; },
      [](auto& c) { c.queues[0].wrap_up_min_us = -1; },
      [](auto& c) { c.queues[0].wrap_up_max_us = -1; },
      [](auto& c) { c.queues[0].no_touch_us = -1; },
      [](auto& c) { c.queues[0].bounce_window_us = -1; },
      [](auto& c) { c.queues[0].sun.mode = static_cast<desk::SunMode>(3); },
      [](auto& c) { c.queues[0].mode = static_cast<desk::QueueMode>(3); },
      [](auto& c) { c.queues[0].discipline = static_cast<desk::Discipline>(9); },
      [](auto& c) { c.queues[0].head_start.vip_us = INT64_MIN; },
      [](auto& c) { c.queues[0].default_horizon_us = -1; },
      [](auto& c) { c.agents[0].skills[0].second = 0; },
      [](auto& c) { c.agents[0].skills[0].second = 101; },
      [](auto& c) { c.criticalities[0].impact = sched::Impact::none; },
  };
  size_t index = 0;
  for (const auto& change : changes) {
    SCOPED_TRACE("change " + std::to_string(index++));
    EXPECT_NE(refusal_of(change), "");
  }
}

TEST(ConfigCodec, TruncationsAndChangedBytesDoNoHarm) {
  const Bytes document = encode_configuration(enterprise());
  for (size_t size = 0; size < document.size(); ++size)
    (void)decode_configuration(std::span<const std::byte>(document).first(size)).has_value();
  for (size_t at = 0; at < document.size(); ++at) {
    for (const int change : {0x01, 0x10, 0x80, 0xff}) {
      Bytes changed = document;
      changed[at] ^= static_cast<std::byte>(change);
      const auto decoded = decode_configuration(changed);
      if (decoded) {
        EXPECT_LE(decoded->policies.size(), document.size());
      }
    }
  }
}

TEST(ConfigCodec, ADocumentThatSharesOneListManyTimesIsRefusedQuickly) {
  // 50,000 policies, each with the same list of 50,000 pause reasons: 2.5 thousand million.
  flatbuffers::FlatBufferBuilder builder;
  using Offset = flatbuffers::Offset<void>;
  const auto text_at = builder.StartTable();
  const Offset text(builder.EndTable(text_at));
  const auto pause = builder.CreateVector(std::vector<Offset>(50'000, text));
  const auto policy_at = builder.StartTable();
  builder.AddOffset(32, pause);
  const Offset policy(builder.EndTable(policy_at));
  const auto policies = builder.CreateVector(std::vector<Offset>(50'000, policy));
  const auto root_at = builder.StartTable();
  builder.AddOffset(10, policies);
  builder.Finish(Offset(builder.EndTable(root_at)));
  const auto started = std::chrono::steady_clock::now();
  EXPECT_FALSE(decode_configuration(
      std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()))));
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(1));
}

}  // namespace
}  // namespace paceline::wire
