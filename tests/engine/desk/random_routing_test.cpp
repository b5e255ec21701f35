// Random desks that route: every rule of needs, capacity, offers, agent states and tiers at once.
// After every batch all invariants hold, no ticket waits beside an agent who could have it (by a
// slow look at views and definitions alone), and the same batches give the same state.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <vector>

#include "engine/desk/need.h"
#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {
namespace {

constexpr int queue_count = 8;
constexpr int agent_count = 14;

std::string queue_name(uint64_t n) { return "q" + std::to_string(n); }
std::string agent_name(uint64_t n) { return "a" + std::to_string(n); }

std::string some_need(Dice& dice, int level) {
  const std::string skill(1, "stu"[dice.roll(3)]);
  switch (dice.roll(4)) {
    case 0:
      return "";
    case 1:
      return skill + " >= " + std::to_string(level);
    case 2:
      return skill + " >= " + std::to_string(level) + " || u >= " + std::to_string(level + 1);
    default:
      return skill + " >= " + std::to_string(level) + " && !(s >= 9)";
  }
}

QueueDefinition some_queue(Dice& dice, int number) {
  QueueDefinition queue;
  queue.name = queue_name(static_cast<uint64_t>(number));
  queue.group = "g" + std::to_string(dice.roll(3));
  queue.mode = dice.chance(12)  ? QueueMode::pull
               : dice.chance(8) ? QueueMode::manual
                                : QueueMode::push;
  queue.discipline = static_cast<Discipline>(dice.roll(5));
  queue.weight_milli = static_cast<uint32_t>(200 + 100 * dice.roll(6));
  queue.best_fit = dice.chance(70);
  queue.choice = static_cast<ChoiceOrder>(dice.roll(3));
  if (dice.chance(50)) {
    queue.steps = {{"s >= 6", (sched::minute * 5).us, 0},
                   {"s >= 3", (sched::minute * 20).us, (sched::minute * 30).us},
                   {dice.chance(50) ? "s >= 1" : "", 0, 0}};
  } else {
    queue.need = some_need(dice, static_cast<int>(1 + dice.roll(5)));
  }
  if (dice.chance(30)) queue.preferred = {{"t >= 3", 4}, {"u >= 2", 2}};
  if (dice.chance(30)) queue.share = static_cast<uint32_t>(1 + dice.roll(3));
  // Only onwards, so that nothing goes round.
  if (number + 1 < queue_count && dice.chance(40)) {
    const std::string next = queue_name(static_cast<uint64_t>(number) + 1);
    Overflow overflow;
    overflow.queue = next;
    switch (dice.roll(3)) {
      case 0:
        overflow.wait_us = (sched::minute * 40).us;
        break;
      case 1:
        overflow.size = 4;
        break;
      default:
        overflow.no_agent = true;
        break;
    }
    queue.overflows.push_back(overflow);
    if (dice.chance(50)) queue.escalate_to = next;
    if (dice.chance(30)) queue.sun = {"day", next, static_cast<SunMode>(dice.roll(3))};
  }
  if (!queue.escalate_to.empty() && dice.chance(40)) queue.no_touch_us = (sched::hour * 2).us;
  if (dice.chance(30)) queue.checklist = {"symptoms", "steps"};
  queue.checklist_required = dice.chance(50);
  if (dice.chance(30)) queue.sticky = {StickyBy::requester, sched::day.us, sched::hour.us, 0};
  if (dice.chance(15)) queue.window_us = 50'000;
  if (dice.chance(30)) queue.min_fit_us = (sched::minute * 30).us;
  queue.auto_accept = dice.chance(40);
  queue.fan_out = static_cast<uint8_t>(1 + dice.roll(3));
  queue.cool_off_us = (sched::minute * static_cast<int64_t>(1 + dice.roll(40))).us;
  if (dice.chance(40)) {
    queue.wrap_up_min_us = (sched::minute).us;
    queue.wrap_up_max_us = (sched::minute * 4).us;
  }
  queue.keep_lost = dice.chance(20);
  return queue;
}

AgentDefinition some_agent(Dice& dice, int number) {
  AgentDefinition agent;
  agent.name = agent_name(static_cast<uint64_t>(number));
  for (int group = 0; group < 3; ++group) {
    if (dice.chance(50)) agent.groups.push_back("g" + std::to_string(group));
  }
  for (const char* skill : {"s", "t", "u"}) {
    if (dice.chance(60)) agent.skills.emplace_back(skill, static_cast<uint8_t>(1 + dice.roll(9)));
  }
  agent.capacity_milli = static_cast<uint32_t>(500 + 500 * dice.roll(3));
  if (dice.chance(50)) agent.languages = {"de"};
  if (dice.chance(30)) agent.clearances = {"hr"};
  if (dice.chance(20)) agent.channels = {"mail", "chat"};
  if (dice.chance(30)) agent.shift = "day";
  return agent;
}

Configuration some_desk(Dice& dice) {
  Configuration configuration;
  DeskSettings& settings = configuration.settings;
  settings.auto_close = {sched::hour.us, 0};
  settings.reopen_window = {(sched::hour * 4).us, 0};
  settings.max_wait_us = (sched::minute * 30).us;
  settings.aged_share_milli = static_cast<uint32_t>(100 * dice.roll(5));
  settings.language = static_cast<LanguageRule>(dice.roll(3));
  if (dice.chance(50)) settings.coordinator_queue = queue_name(queue_count - 1);
  if (dice.chance(50)) {
    settings.work = {
        {"voice", -1, -1, 1'000, 0, true, false},
        {"chat", -1, -1, 300, 3, false, false},
        {"", static_cast<int8_t>(TicketKind::service_request), -1, 100, 0, false, true}};
  }
  if (dice.chance(30)) settings.away_codes = {{"lunch", true, false}, {"coaching", true, true}};
  settings.pending_share_milli = static_cast<uint32_t>(50 * dice.roll(5));
  if (dice.chance(30)) {
    settings.ramp_items = 2;
    settings.ramp_us = (sched::minute * 15).us;
  }
  settings.drain_lead_us = (sched::minute * static_cast<int64_t>(dice.roll(20))).us;
  sched::CalendarSpec day = weekdays_nine_to_five();
  day.name = "day";
  configuration.calendars = {day};
  PolicyDefinition response;
  response.name = "response";
  response.clock = ClockKind::response;
  response.target.us = (sched::hour).us;
  PolicyDefinition resolution;
  resolution.name = "resolution";
  resolution.target.us = (sched::hour * 8).us;
  resolution.rungs.emplace_back().share_bp = 5'000;
  resolution.rungs.back().action = RungAction::raise_priority;
  configuration.policies = {response, resolution};
  for (int queue = 0; queue < queue_count; ++queue) {
    configuration.queues.push_back(some_queue(dice, queue));
  }
  for (int agent = 0; agent < agent_count; ++agent) {
    configuration.agents.push_back(some_agent(dice, agent));
  }
  for (int route = 0; route < 4; ++route) {
    const std::string name = "c" + std::to_string(route);
    configuration.routes.push_back({name, "category == " + name, queue_name(dice.roll(queue_count)),
                                    static_cast<uint8_t>(dice.chance(30) ? 80 : 0),
                                    dice.chance(90)});
  }
  return configuration;
}

OpenFields some_ticket(Dice& dice) {
  OpenFields open;
  open.kind = static_cast<uint8_t>(dice.roll(2));
  open.impact = static_cast<uint8_t>(dice.roll(4));
  open.urgency = static_cast<uint8_t>(dice.roll(4));
  open.vip = dice.chance(10);
  open.major = dice.chance(3);
  open.category = "c" + std::to_string(dice.roll(5));
  constexpr const char* channels[] = {"", "voice", "chat", "mail"};
  open.channel = channels[dice.roll(4)];
  if (dice.chance(25)) open.language = dice.chance(70) ? "de" : "fi";
  if (dice.chance(10)) open.confidentiality = "hr";
  open.confidence = static_cast<uint8_t>(dice.chance(50) ? 0 : 1 + dice.roll(100));
  if (dice.chance(60))
    open.requester =
        dice.chance(20) ? agent_name(dice.roll(agent_count)) : "r" + std::to_string(dice.roll(6));
  if (dice.chance(40)) open.config_item = "i" + std::to_string(dice.roll(3));
  return open;
}

/// What the desk is asked next. Offers and tickets are named by what there is.
class Crowd {
 public:
  Crowd(Dice& dice, const Desk& desk) : dice_(dice), desk_(desk) {}

  void ask(FrameBuilder& builder) {
    // Of those opened last: most of the others have ended.
    const std::string ticket =
        "T" + std::to_string(opened_ - dice_.roll(std::min<uint64_t>(opened_, 40) + 1));
    const std::string agent = agent_name(dice_.roll(agent_count + 1));
    const std::string queue = queue_name(dice_.roll(queue_count + 1));
    switch (dice_.roll(34)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4: {
        OpenFields open = some_ticket(dice_);
        if (dice_.chance(20)) open.queue = queue;
        open.external_id = "T" + std::to_string(opened_++);
        builder.open(open);
        break;
      }
      case 5: {
        OpenFields open = some_ticket(dice_);
        open.kind = static_cast<uint8_t>(TicketKind::task);
        open.follows = recent_id();
        open.external_id = "T" + std::to_string(opened_++);
        builder.open(open);
        break;
      }
      case 6:
      case 7:
      case 8:
      case 9:
      case 10:
      case 11: {
        Query query;
        query.kind = QueryKind::offers;
        const std::vector<OfferView> offers = desk_.answer(query).offers;
        const uint64_t offer =
            offers.empty() ? dice_.roll(50) : offers[dice_.roll(offers.size())].offer;
        dice_.chance(60) ? builder.accept(offer, dice_.chance(10) ? agent : "")
                         : builder.decline(offer, "busy");
        break;
      }
      case 12:
        builder.withdraw(ticket);
        break;
      case 13:
      case 14:
      case 15:
        builder.log_in(agent);
        break;
      case 16:
        builder.log_out(agent);
        break;
      case 17:
      case 18:
        builder.set_agent_state(agent, AgentStep::available);
        break;
      case 19:
        builder.set_agent_state(agent, AgentStep::away, dice_.chance(50) ? "lunch" : "coaching");
        break;
      case 20:
        builder.set_agent_state(agent,
                                dice_.chance(50) ? AgentStep::extend_wrap_up : AgentStep::lost);
        break;
      case 21:
        builder.set_agent_state(agent, AgentStep::drain, "", dice_.chance(50));
        break;
      case 22:
        builder.next(agent);
        break;
      case 23:
        builder.escalate(ticket, "stuck", dice_.chance(50) ? queue : "",
                         dice_.chance(50) ? "symptoms,steps" : "steps");
        break;
      case 24:
        builder.bounce(ticket, "not ours");
        break;
      case 25:
        builder.hand_over(ticket, agent, "off home");
        break;
      case 26:
        if (dice_.chance(30)) {
          dice_.chance(50) ? builder.reassign("agent == " + agent, queue, "", "moved")
                           : builder.reassign("vip", "", agent, "moved");
        } else if (dice_.chance(50)) {
          builder.switch_route("c" + std::to_string(dice_.roll(5)), dice_.chance(60));
        } else {
          builder.hold_queue(queue, dice_.chance(30));
        }
        break;
      case 27:
        builder.score(ticket, agent, static_cast<int8_t>(static_cast<int>(dice_.roll(31)) - 15));
        break;
      case 28:
        builder.reconcile(agent, std::to_string(recent_id()));
        break;
      default:
        ask_of_ticket(builder, ticket, agent, queue);
        break;
    }
  }

 private:
  uint64_t recent_id() {
    const uint64_t number = opened_ + 1 - dice_.roll(std::min<uint64_t>(opened_, 40) + 1);
    return sched::TicketId::make(sched::DeskNumber{1}, number).value;
  }

  void ask_of_ticket(FrameBuilder& builder, const std::string& ticket, const std::string& agent,
                     const std::string& queue) {
    switch (dice_.roll(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        builder.resolve(ticket);
        break;
      case 4:
        builder.close(ticket);
        break;
      case 5:
        builder.reopen(ticket);
        break;
      case 6:
        builder.pend(ticket, "awaiting_requester");
        break;
      case 7:
        builder.resume(ticket);
        break;
      case 8:
        builder.assign(ticket, agent);
        break;
      case 9:
        builder.requeue(ticket, dice_.chance(50) ? queue : "", "moved");
        break;
      case 10:
        dice_.chance(30) ? builder.cancel(ticket) : builder.start(ticket);
        break;
      default: {
        constexpr uint32_t bits = bit(FieldBit::urgency) | bit(FieldBit::vip) |
                                  bit(TextField::language) | bit(TextField::channel) |
                                  bit(TextField::confidentiality);
        builder.update(ticket, bits, some_ticket(dice_));
        break;
      }
    }
  }

  Dice& dice_;
  const Desk& desk_;
  uint64_t opened_ = 0;
};

/// Waiting tickets beside agents who could have them, looked for one by one: by name, from the
/// definitions and what the desk shows.
std::vector<std::string> idle_beside_waiting(const Desk& desk, const Configuration& configuration) {
  std::vector<std::string> found;
  Query query;
  query.kind = QueryKind::agents;
  const std::vector<AgentView> agents = desk.answer(query).agents;
  for (const QueueDefinition& queue : configuration.queues) {
    if (queue.mode != QueueMode::push || queue.window_us != 0) continue;
    query = {};
    query.kind = QueryKind::queue_peek;
    query.text = queue.name;
    query.limit = 1'000;
    for (const TicketView& ticket : desk.answer(query).tickets) {
      for (const AgentView& agent : agents) {
        if (agent.state != "available" || agent.lost || agent.exclusions != 0) continue;
        const auto defined = std::find_if(
            configuration.agents.begin(), configuration.agents.end(),
            [&](const AgentDefinition& definition) { return definition.name == agent.name; });
        const auto has = [](const std::vector<std::string>& texts, const std::string& wanted) {
          return std::find(texts.begin(), texts.end(), wanted) != texts.end();
        };
        if (!has(defined->groups, queue.group)) continue;
        if (!defined->channels.empty() && !has(defined->channels, ticket.channel)) continue;
        const bool required = configuration.settings.language == LanguageRule::required;
        if (required && !ticket.language.empty() && !has(defined->languages, ticket.language))
          continue;
        if (!ticket.confidentiality.empty() && !has(defined->clearances, ticket.confidentiality))
          continue;
        if (configuration.settings.ramp_items != 0) continue;
        if (!defined->shift.empty()) continue;  // may be too short; the dispatcher's own test knows
        const NamedNeed need = parse_need(queue.step_need(ticket.step - 1U)).value();
        std::vector<sched::SkillLevel> held;
        for (uint32_t i = 0; i < need.names.size(); ++i) {
          for (const auto& [skill, level] : defined->skills) {
            if (skill == need.names[i]) held.push_back({i, level});
          }
        }
        if (!need.need.holds(held)) continue;
        // Room for whatever it weighs, and no work at all that could block.
        if (agent.used_milli != 0 || agent.capacity_milli < 1'000) continue;
        found.push_back(ticket.external_id + " in " + queue.name + " beside " + agent.name);
      }
    }
  }
  return found;
}

struct Result {
  uint64_t digest;
  uint64_t event_hash;
  std::map<EventKind, uint64_t> events;
};

Result run(uint64_t seed, int batches, bool examine) {
  Limits limits = small_limits();
  limits.clocks_per_ticket = 4;
  limits.closed_max = 20;
  limits.timers_per_batch = 7;
  limits.reply_window = 64;
  Desk desk(sched::DeskNumber{1}, "random", limits, &registered_configuration);
  Desk::set_invariants_fatal(true);
  Dice dice(seed);
  Crowd crowd(dice, desk);
  Outcome outcome;
  int64_t now_us = monday_us + (sched::hour * 8).us;
  uint64_t number = 1;
  Configuration configuration;
  Result result{};
  std::map<std::string, bool> held;
  for (int i = 0; i < batches; ++i) {
    FrameBuilder builder;
    if (i == 0 || dice.roll(1'000) < 4) {
      configuration = some_desk(dice);
      builder.configure(register_configuration(configuration));
    }
    if (i == 0) {
      for (uint64_t agent = 0; agent < agent_count; ++agent) builder.log_in(agent_name(agent));
    }
    if (i % 50 == 0) {
      Query query;
      query.kind = QueryKind::tickets;
      query.limit = 100;
      const std::vector<TicketView> tickets = desk.answer(query).tickets;
      for (size_t t = 0; t + 60 < tickets.size(); ++t) builder.cancel(tickets[t].external_id);
    }
    const uint64_t commands = dice.roll(7);
    for (uint64_t c = 0; c < commands; ++c) crowd.ask(builder);
    const CommandFrame frame = builder.frame(desk.number(), SessionId{3}, number);
    number += builder.size();
    const Batch batch{sched::Instant{now_us}, {&frame, builder.size() == 0 ? 0U : 1U}};
    outcome.clear();
    desk.apply(batch, outcome);
    EXPECT_EQ(outcome.replies.size(), builder.size());
    for (const Event& event : outcome.events) {
      ++result.events[event.kind];
      if (event.kind == EventKind::queue_held)
        held[desk.names().queues[event.queue]] = event.fields != 0;
    }
    if (examine) {
      std::vector<std::string> violations = desk.check_invariants();
      if (!outcome.more_timers_due) {
        Configuration asked = configuration;
        std::erase_if(asked.queues, [&](const QueueDefinition& queue) { return held[queue.name]; });
        for (std::string& pair : idle_beside_waiting(desk, asked))
          violations.push_back(std::move(pair));
      }
      EXPECT_EQ(violations, std::vector<std::string>{}) << "seed " << seed << " batch " << i;
      if (!violations.empty()) break;
    }
    const int64_t before_us = now_us;
    const int64_t due_us = desk.next_due().us;
    if (dice.chance(30) && due_us > now_us && due_us != sched::never.us) {
      now_us = due_us;
    } else if (!dice.chance(20)) {
      now_us += static_cast<int64_t>(dice.roll(dice.chance(5) ? 30'000'000'000 : 120'000'000));
    }
    if (now_us - before_us > sched::hour.us && dice.chance(30)) {
      desk.recovered({before_us}, {now_us});
    }
  }
  result.digest = desk.digest();
  result.event_hash = desk.event_hash();
  return result;
}

class RandomRouting : public ::testing::TestWithParam<uint64_t> {};

TEST_P(RandomRouting, KeepsEveryInvariantAndReplaysToTheSameState) {
  const int batches = std::getenv("PACELINE_SOAK") == nullptr ? 2'000 : 200'000;
  const Result first = run(GetParam(), batches, true);
  const Result again = run(GetParam(), batches, false);
  EXPECT_EQ(first.digest, again.digest);
  EXPECT_EQ(first.event_hash, again.event_hash);
  for (const EventKind kind :
       {EventKind::ticket_offered, EventKind::ticket_accepted, EventKind::ticket_declined,
        EventKind::ticket_offer_expired, EventKind::ticket_rescinded,
        EventKind::agent_state_changed, EventKind::ticket_handed_off, EventKind::ticket_escalated,
        EventKind::agent_session_lost}) {
    EXPECT_NE(first.events.count(kind), 0U) << name(kind);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRouting, ::testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace paceline::desk::test
