// A scenario made ready to run: names resolved, curves integrated, everything checked.
//
// Shared by all replications and threads. The configuration reaches each replication's desk by the
// same commands as in production; only its document is not encoded, since it leaves no process.
//
// Owner: any thread once made (immutable).  Errors: what a scenario names and there is not, what
// makes no sense, named.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/desk/desk.h"
#include "sched/calendar.h"
#include "sim/analytic/answer.h"
#include "sim/scenario/scenario.h"
#include "sim/world/rate_curve.h"

namespace paceline::sim {

/// Texts by number; 0 is the empty one.
class Texts {
 public:
  Texts() : texts_{""} {}
  uint16_t number(std::string_view text);
  int find(std::string_view text) const;  ///< −1: not there
  const std::string& text(uint16_t number) const { return texts_[number]; }
  size_t size() const { return texts_.size(); }

 private:
  std::vector<std::string> texts_;
};

/// Weighted values, by number in the model's texts; always at least one.
struct Pick {
  std::vector<uint16_t> values;
  std::vector<uint32_t> weights;
};

class Model {
 public:
  static constexpr uint32_t none = 0xffff'ffff;

  /// What a ticket is for rules to match.
  struct Traits {
    uint32_t queue = none;
    uint16_t demand = 0;
    uint16_t category = 0;
    uint16_t channel = 0;
    uint8_t kind = 0;
    uint8_t priority = 0;
  };
  struct Matcher {
    int64_t queue = -1, demand = -1, category = -1, channel = -1;
    int tier = -1, kind = -1, priority = -1;
    bool anything = false;
    bool matches(const Traits& traits, const Model& model) const;
  };
  struct DemandModel {
    const Demand* rules = nullptr;
    std::optional<RateCurve> curve;  ///< None: recorded.
    Pick category, subcategory, service, config_item, channel, language;
    uint32_t queue = none;
    int32_t busyness = -1;
    int32_t lines = -1;
    bool plain = false;  ///< Every contact looks alike: nothing to draw.
  };
  struct WorkModel {
    Matcher matcher;
    const WorkRule* rules = nullptr;
  };
  struct OutcomeModel {
    Matcher matcher;
    const OutcomeRule* rules = nullptr;
    uint32_t any_ppm = 0;
  };
  struct TeamModel {
    const Team* rules = nullptr;
    std::vector<uint32_t> agents;       ///< Positions on the desk.
    std::vector<uint32_t> speed_milli;  ///< By queue.
    uint32_t speed_most_milli = 1'000;
  };
  struct AgentModel {
    std::string name;
    uint32_t team = none;
    uint32_t calendar = none;  ///< Its shifts; `none`: always.
  };

  static Answer<std::shared_ptr<const Model>> build(Scenario scenario);

  const Scenario& scenario() const { return scenario_; }
  /// Contacts expected in one run of the scenario's length; first tries, whatever becomes of them.
  double expected_contacts() const;
  const Texts& texts() const { return texts_; }
  const std::vector<DemandModel>& demands() const { return demands_; }
  const std::vector<TeamModel>& teams() const { return teams_; }
  const std::vector<AgentModel>& agents() const { return agents_; }
  const std::vector<std::string>& queues() const { return queues_; }
  const std::vector<std::string>& policies() const { return policies_; }
  const sched::Calendar& calendar(uint32_t number) const { return calendars_[number]; }
  uint8_t tier(uint32_t queue) const { return tiers_[queue]; }
  /// The first that matches; null: none does.
  const WorkRule* work(const Traits& traits) const;
  const OutcomeModel* outcome(const Traits& traits) const;
  /// By the configuration: such a ticket takes all of its agent's attention.
  bool blocks(const Traits& traits) const;
  const desk::Limits& limits() const { return limits_; }
  /// A desk under the configuration, all agents logged out.
  std::unique_ptr<class DeskPort> desk() const;

 private:
  friend class ModelBuilder;
  explicit Model(Scenario scenario) : scenario_(std::move(scenario)) {}

  Scenario scenario_;
  desk::Limits limits_;
  Texts texts_;
  std::vector<std::string> queues_;
  std::vector<std::string> policies_;
  std::vector<uint8_t> tiers_;
  std::vector<DemandModel> demands_;
  std::vector<WorkModel> work_;
  std::vector<OutcomeModel> outcomes_;
  std::vector<Matcher> burdens_;  ///< Of the configuration's work rules.
  std::vector<TeamModel> teams_;
  std::vector<AgentModel> agents_;
  std::vector<sched::Calendar> calendars_;
};

}  // namespace paceline::sim
