// Random desks that route, and random commands for them: every rule of needs, capacity, offers,
// agent states and tiers at once, of any size.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/desk_driver.h"
#include "tests/support/dice.h"

namespace paceline::desk::test {

/// How much there is of everything.
struct Scale {
  uint64_t queues = 8;
  uint64_t agents = 14;
  uint64_t groups = 3;
  uint64_t skills = 3;
  uint64_t skills_of_agent = 3;  ///< At most.
  uint64_t weights = 6;          ///< Different ones, of queues.
  uint64_t routes = 4;
  uint64_t commands_max = 6;      ///< In a batch.
  uint64_t tickets_open = 60;     ///< Some of what is beyond is cancelled now and then.
  uint64_t batches_of_one = 250;  ///< Of one configuration, on average.
  uint32_t timers_per_batch = 7;
};

inline std::string queue_name(uint64_t n) { return "q" + std::to_string(n); }
inline std::string agent_name(uint64_t n) { return "a" + std::to_string(n); }
inline std::string group_name(uint64_t n) { return "g" + std::to_string(n); }
inline std::string skill_name(uint64_t n) { return "s" + std::to_string(n); }
inline std::string category_name(uint64_t n) { return "c" + std::to_string(n); }

inline std::string some_need(Dice& dice, const Scale& scale, uint64_t level) {
  const std::string skill = skill_name(dice.roll(scale.skills));
  const std::string other = skill_name(dice.roll(scale.skills));
  switch (dice.roll(4)) {
    case 0:
      return "";
    case 1:
      return skill + " >= " + std::to_string(level);
    case 2:
      return skill + " >= " + std::to_string(level) + " || " + other +
             " >= " + std::to_string(level + 1);
    default:
      return skill + " >= " + std::to_string(level) + " && !(" + other + " >= 9)";
  }
}

inline QueueDefinition some_queue(Dice& dice, const Scale& scale, uint64_t number) {
  QueueDefinition queue;
  queue.name = queue_name(number);
  queue.group = group_name(dice.roll(scale.groups));
  queue.mode = dice.chance(12)  ? QueueMode::pull
               : dice.chance(8) ? QueueMode::manual
                                : QueueMode::push;
  queue.discipline = static_cast<Discipline>(dice.roll(5));
  queue.weight_milli = static_cast<uint32_t>(200 + 100 * dice.roll(scale.weights));
  queue.best_fit = dice.chance(70);
  queue.choice = static_cast<ChoiceOrder>(dice.roll(3));
  if (dice.chance(50)) {
    const std::string skill = skill_name(dice.roll(scale.skills));
    queue.steps = {{skill + " >= 6", (sched::minute * 5).us, 0},
                   {skill + " >= 3", (sched::minute * 20).us, (sched::minute * 30).us},
                   {dice.chance(50) ? skill + " >= 1" : "", 0, 0}};
  } else {
    queue.need = some_need(dice, scale, 1 + dice.roll(5));
  }
  if (dice.chance(30)) queue.preferred = {{"s1 >= 3", 4}, {"s2 >= 2", 2}};
  if (dice.chance(30)) queue.share = static_cast<uint32_t>(1 + dice.roll(3));
  // Only onwards, so that nothing goes round.
  if (number + 1 < scale.queues && dice.chance(40)) {
    const std::string next = queue_name(number + 1);
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
  if (dice.chance(50)) queue.sticky = {StickyBy::requester, sched::day.us, sched::hour.us, 0};
  if (dice.chance(15)) queue.window_us = 50'000;
  if (dice.chance(30)) queue.min_fit_us = (sched::minute * 30).us;
  if (dice.chance(20)) queue.keep_free = static_cast<uint32_t>(1 + dice.roll(3));
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

inline AgentDefinition some_agent(Dice& dice, const Scale& scale, uint64_t number) {
  AgentDefinition agent;
  agent.name = agent_name(number);
  for (uint64_t group = 0; group < scale.groups; ++group) {
    if (dice.roll(scale.groups * 2) < 3) agent.groups.push_back(group_name(group));
  }
  std::map<uint64_t, uint8_t> skills;
  for (uint64_t n = 0; n < scale.skills_of_agent; ++n) {
    const uint64_t skill = dice.roll(scale.skills);
    if (dice.chance(70)) skills[skill] = static_cast<uint8_t>(1 + dice.roll(9));
  }
  for (const auto& [skill, level] : skills) agent.skills.emplace_back(skill_name(skill), level);
  agent.capacity_milli = static_cast<uint32_t>(500 + 500 * dice.roll(3));
  if (dice.chance(50)) agent.languages = {"de"};
  if (dice.chance(30)) agent.clearances = {"hr"};
  if (dice.chance(20)) agent.channels = {"mail", "chat"};
  if (dice.chance(30)) agent.shift = "day";
  return agent;
}

inline Configuration some_desk(Dice& dice, const Scale& scale) {
  Configuration configuration;
  DeskSettings& settings = configuration.settings;
  settings.auto_close = {sched::hour.us, 0};
  settings.reopen_window = {(sched::hour * 4).us, 0};
  settings.max_wait_us = (sched::minute * 30).us;
  settings.aged_share_milli = static_cast<uint32_t>(100 * dice.roll(5));
  settings.language = static_cast<LanguageRule>(dice.roll(3));
  if (dice.chance(50)) settings.coordinator_queue = queue_name(scale.queues - 1);
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
  for (uint64_t queue = 0; queue < scale.queues; ++queue) {
    configuration.queues.push_back(some_queue(dice, scale, queue));
  }
  for (uint64_t agent = 0; agent < scale.agents; ++agent) {
    configuration.agents.push_back(some_agent(dice, scale, agent));
  }
  for (uint64_t route = 0; route < scale.routes; ++route) {
    const std::string name = category_name(route);
    configuration.routes.push_back(
        {name, "category == " + name, queue_name(dice.roll(scale.queues)),
         static_cast<uint8_t>(dice.chance(30) ? 80 : 0), dice.chance(90)});
  }
  return configuration;
}

inline OpenFields some_ticket(Dice& dice, const Scale& scale) {
  OpenFields open;
  open.kind = static_cast<uint8_t>(dice.roll(2));
  open.impact = static_cast<uint8_t>(dice.roll(4));
  open.urgency = static_cast<uint8_t>(dice.roll(4));
  open.vip = dice.chance(10);
  open.major = dice.chance(3);
  open.category = category_name(dice.roll(scale.routes + 1));
  constexpr const char* channels[] = {"", "voice", "chat", "mail"};
  open.channel = channels[dice.roll(4)];
  if (dice.chance(25)) open.language = dice.chance(70) ? "de" : "fi";
  if (dice.chance(10)) open.confidentiality = "hr";
  open.confidence = static_cast<uint8_t>(dice.chance(50) ? 0 : 1 + dice.roll(100));
  if (dice.chance(60))
    open.requester =
        dice.chance(20) ? agent_name(dice.roll(scale.agents)) : "r" + std::to_string(dice.roll(6));
  if (dice.chance(40)) open.config_item = "i" + std::to_string(dice.roll(3));
  return open;
}

/// What the desk is asked next. Offers and tickets are named by what there is.
class Crowd {
 public:
  Crowd(Dice& dice, const Desk& desk, const Scale& scale)
      : dice_(dice), desk_(desk), scale_(scale) {}

  void begin_batch() { offers_.reset(); }

  void ask(FrameBuilder& builder) {
    const std::string ticket = "T" + std::to_string(some_number());
    const std::string agent = agent_name(dice_.roll(scale_.agents + 1));
    const std::string queue = queue_name(dice_.roll(scale_.queues + 1));
    switch (dice_.roll(34)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4: {
        OpenFields open = some_ticket(dice_, scale_);
        if (dice_.chance(20)) open.queue = queue;
        open.external_id = "T" + std::to_string(opened_++);
        builder.open(open);
        break;
      }
      case 5: {
        OpenFields open = some_ticket(dice_, scale_);
        open.kind = static_cast<uint8_t>(TicketKind::task);
        open.follows = sched::TicketId::make(sched::DeskNumber{1}, 1 + some_number()).value;
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
        const uint64_t offer = some_offer();
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
          builder.switch_route(category_name(dice_.roll(scale_.routes + 1)), dice_.chance(60));
        } else {
          builder.hold_queue(queue, dice_.chance(30));
        }
        break;
      case 27:
        builder.score(ticket, agent, static_cast<int8_t>(static_cast<int>(dice_.roll(31)) - 15));
        break;
      case 28:
        builder.reconcile(
            agent,
            std::to_string(sched::TicketId::make(sched::DeskNumber{1}, 1 + some_number()).value));
        break;
      default:
        ask_of_ticket(builder, ticket, agent, queue);
        break;
    }
  }

 private:
  /// Of a ticket, mostly of those that may still be open.
  uint64_t some_number() {
    const uint64_t recent = scale_.tickets_open * 3;
    if (opened_ <= recent || dice_.chance(10)) return dice_.roll(opened_ + 1);
    return opened_ - dice_.roll(recent);
  }
  uint64_t some_offer() {
    if (!offers_) {
      Query query;
      query.kind = QueryKind::offers;
      offers_ = desk_.answer(query).offers;
    }
    return offers_->empty() ? dice_.roll(50) : (*offers_)[dice_.roll(offers_->size())].offer;
  }
  void ask_of_ticket(FrameBuilder& builder, const std::string& ticket, const std::string& agent,
                     const std::string& queue) {
    switch (dice_.roll(13)) {
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
      case 11:
        builder.message(ticket, static_cast<AuthorKind>(dice_.roll(4)), dice_.chance(70));
        break;
      default: {
        constexpr uint32_t bits = bit(FieldBit::urgency) | bit(FieldBit::vip) |
                                  bit(TextField::language) | bit(TextField::channel) |
                                  bit(TextField::confidentiality);
        builder.update(ticket, bits, some_ticket(dice_, scale_));
        break;
      }
    }
  }

  Dice& dice_;
  const Desk& desk_;
  const Scale& scale_;
  std::optional<std::vector<OfferView>> offers_;  // as the batch finds them
  uint64_t opened_ = 0;
};

}  // namespace paceline::desk::test
