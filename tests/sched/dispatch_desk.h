// A small desk whose dispatching is looked at by hand.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "sched/dispatch.h"

namespace paceline::sched::test {

inline constexpr uint32_t none = Dispatcher::none;
inline constexpr AgentId ann{0};
inline constexpr AgentId bob{1};
inline constexpr AgentId cleo{2};

inline constexpr uint32_t network = 7;
inline constexpr uint32_t vpn = 40;
inline constexpr uint32_t german = 50;

// Kinds of work.
inline constexpr uint32_t task = 0;
inline constexpr uint32_t call = 1;
inline constexpr uint32_t chat = 2;
inline constexpr uint32_t mail = 3;

inline constexpr uint32_t phone_channel = 70;
inline constexpr uint32_t chat_channel = 71;

inline Abilities member(std::vector<SkillLevel> skills = {}) {
  return {{network}, std::move(skills)};
}
inline LineTerms wanting(std::vector<SkillLevel> skills = {}, uint32_t work = task) {
  LineTerms terms;
  terms.group = network;
  terms.need = Need::all_of(skills);
  terms.work = work;
  return terms;
}
inline LineTerms of_queue(uint32_t queue) {
  LineTerms terms = wanting();
  terms.queue = queue;
  return terms;
}
inline constexpr Load a_task{task, 1'000, true};

/// A desk with one line of tasks; agents log in at their number in seconds.
class Dispatch : public testing::Test {
 protected:
  Dispatch() {
    desk.define_work(task, {.weight_milli = 1'000});
    desk.define_work(call, {.weight_milli = 1'000, .channel = phone_channel, .blocking = true});
    desk.define_work(chat, {.weight_milli = 330, .channel = chat_channel, .channel_max = 2});
    desk.define_work(mail, {.weight_milli = 100, .interruptible = true});
    desk.define_line(0, wanting());
  }
  void staff(AgentId agent, const Abilities& abilities, uint32_t capacity_milli = 1'000) {
    desk.define_agent(agent, abilities, capacity_milli);
    log_in(agent, agent.value);
  }
  void log_in(AgentId agent, int64_t seconds) {
    desk.set_routable(agent, true);
    desk.set_idle_since(agent, at(seconds));
  }
  static Instant at(int64_t seconds) { return {seconds * second.us}; }
  void take(AgentId agent, const Load& load) { desk.change_load(agent, {}, load); }
  void give_up(AgentId agent, const Load& load) { desk.change_load(agent, load, {}); }
  bool fits(AgentId agent, uint32_t work) const { return (desk.fit(agent) >> work & 1) != 0; }
  std::optional<AgentId> agent_for(uint32_t slot) const { return desk.agent_for(slot); }
  /// What the agent is given next; it is noted and leaves its line.
  uint32_t next(AgentId agent) {
    const uint32_t slot = desk.ticket_for(agent);
    if (slot == none) return none;
    desk.note_award(agent, slot);
    desk.remove(slot);
    return slot;
  }

  Dispatcher desk{512};
};

}  // namespace paceline::sched::test
