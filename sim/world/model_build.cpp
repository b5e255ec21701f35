// From the names of a scenario to the numbers of a model, and everything that is refused on the
// way.
#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "sim/world/desk_port.h"
#include "sim/world/model.h"

namespace paceline::sim {

namespace {

constexpr uint32_t million = 1'000'000;
constexpr double per_hour_max = 1e9;

/// Powers of two above what is needed: memory is sized from limits when a desk is made.
uint32_t room_for(size_t count, uint32_t least) {
  return std::max<uint32_t>(least, std::bit_ceil(static_cast<uint32_t>(count) + 1));
}

}  // namespace

class ModelBuilder {
 public:
  explicit ModelBuilder(Model& model) : model_(model), scenario_(model.scenario_) {}

  std::optional<PlanError> build() {
    size_limits();
    read_names();
    if (!error_) check_times();
    if (!error_) read_demands();
    if (!error_) read_rules();
    if (!error_) read_teams();
    return error_;
  }

 private:
  template <class... Args>
  bool fail(Impossible kind, fmt::format_string<Args...> text, Args&&... args) {
    if (!error_) error_ = PlanError{kind, fmt::format(text, std::forward<Args>(args)...)};
    return false;
  }

  void size_limits() {
    desk::Limits& limits = model_.limits_;
    const desk::Configuration& rules = scenario_.rules;
    limits.tickets_max = scenario_.tickets_max;
    // What is closed stays for as long as it may be reopened, and no longer.
    limits.closed_max = rules.settings.reopen_window.none() ? 0 : scenario_.tickets_max;
    limits.text_mib_max = std::max(16U, scenario_.tickets_max / 8'192);
    limits.queues_max = room_for(rules.queues.size() + 2, 16);
    limits.agents_max = room_for(rules.agents.size(), 16);
    limits.policies_max = room_for(rules.policies.size(), 16);
    limits.calendars_max = room_for(rules.calendars.size(), 16);
    limits.dictionary_max = 65'536;
    limits.sessions_max = 4;
    limits.reply_window = 256;
    limits.offers_max = room_for(rules.agents.size() * 8, 1'024);
    limits.sticky_max = std::min(262'144U, scenario_.tickets_max);
  }

  void read_names() {
    const auto desk = model_.desk();
    const desk::Names names = desk->desk().names();
    model_.queues_ = names.queues;
    model_.policies_ = names.policies;
    if (names.agents.size() != scenario_.rules.agents.size()) {
      fail(Impossible::out_of_range,
           "the desk refuses the configuration: look at it with config check");
      return;
    }
    model_.tiers_.assign(model_.queues_.size(), 1);
    for (const desk::QueueDefinition& queue : scenario_.rules.queues) {
      model_.tiers_[queue_number(queue.name)] = queue.tier;
    }
    for (const std::string& agent : names.agents) model_.agents_.push_back({agent});
    for (const sched::CalendarSpec& spec : scenario_.rules.calendars) {
      calendars_.push_back(spec.name);
      auto compiled = sched::Calendar::compile(spec);
      if (!compiled) {
        fail(Impossible::out_of_range, "calendar \"{}\" is never open", spec.name);
        return;
      }
      model_.calendars_.push_back(std::move(*compiled));
    }
  }

  uint32_t queue_number(std::string_view name) const { return number_in(model_.queues_, name); }
  static uint32_t number_in(const std::vector<std::string>& names, std::string_view name) {
    const auto found = std::find(names.begin(), names.end(), name);
    return found == names.end() ? Model::none : static_cast<uint32_t>(found - names.begin());
  }
  template <class T>
  static int32_t position(const std::vector<T>& list, std::string_view name) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (list[i].name == name) return static_cast<int32_t>(i);
    }
    return -1;
  }
  bool known_queue(std::string_view queue, std::string_view who) {
    if (queue.empty() || queue_number(queue) != Model::none) return true;
    return fail(Impossible::out_of_range, "{}: there is no queue \"{}\" in the configuration", who,
                queue);
  }
  bool share(uint64_t ppm, std::string_view who, std::string_view what) {
    if (ppm <= million) return true;
    return fail(Impossible::out_of_range, "{}: {} are more than 100 %", who, what);
  }

  void check_times() {
    if (scenario_.length_us <= 0) {
      fail(Impossible::not_positive, "length must be above 0");
    } else if (scenario_.interval_us < 0 || scenario_.drain_us < 0) {
      fail(Impossible::negative, "interval and drain must not be negative");
    } else if (scenario_.interval_us > 0 && scenario_.length_us / scenario_.interval_us > 100'000) {
      fail(Impossible::too_large, "more than 100,000 intervals: make them longer");
    } else if (scenario_.answer_within_us < 0) {
      fail(Impossible::negative, "the threshold of the service level must not be negative");
    } else if (scenario_.demands.empty()) {
      fail(Impossible::out_of_range, "nobody asks for anything: add a demand");
    } else if (scenario_.demands.size() > 60'000) {
      fail(Impossible::too_large, "more than 60,000 demands");
    }
  }

  Pick pick(const Options& options, std::string_view who) {
    Pick pick;
    uint64_t sum = 0;
    for (const Option& option : options) {
      pick.values.push_back(model_.texts_.number(option.value));
      pick.weights.push_back(option.weight);
      sum += option.weight;
    }
    if (options.empty()) return {{0}, {1}};
    if (sum == 0) fail(Impossible::not_positive, "{}: all weights of a choice are 0", who);
    if (sum > 0xffff'ffffULL) fail(Impossible::too_large, "{}: weights add up to 2^32", who);
    return pick;
  }

  void read_demands() {
    std::vector<std::string_view> names;
    for (const Demand& demand : scenario_.demands) {
      const std::string who = fmt::format("demand \"{}\"", demand.name);
      if (std::find(names.begin(), names.end(), demand.name) != names.end()) {
        fail(Impossible::out_of_range, "{} is there twice", who);
        return;
      }
      names.push_back(demand.name);
      Model::DemandModel made;
      made.rules = &demand;
      made.queue = demand.queue.empty() ? Model::none : queue_number(demand.queue);
      if (!known_queue(demand.queue, who) || !read_rate(demand, who, made)) return;
      made.category = pick(demand.category, who);
      made.subcategory = pick(demand.subcategory, who);
      made.service = pick(demand.service, who);
      made.config_item = pick(demand.config_item, who);
      made.channel = pick(demand.channel, who);
      made.language = pick(demand.language, who);
      if (!demand.lines.empty()) {
        made.lines = position(scenario_.lines, demand.lines);
        if (made.lines < 0)
          fail(Impossible::out_of_range, "{}: there are no lines \"{}\"", who, demand.lines);
      }
      share(demand.vip_ppm, who, "VIPs");
      share(demand.retry.share_ppm, who, "who tries again");
      share(demand.balking.share_ppm, who, "who does not wait");
      for (const auto& weights : {std::span<const uint32_t>(demand.kind_weights),
                                  std::span<const uint32_t>(demand.impact_weights),
                                  std::span<const uint32_t>(demand.urgency_weights)}) {
        if (std::all_of(weights.begin(), weights.end(), [](uint32_t w) { return w == 0; }))
          fail(Impossible::not_positive, "{}: all weights of a choice are 0", who);
      }
      made.plain = is_plain(demand);
      model_.demands_.push_back(std::move(made));
      if (error_) return;
    }
  }

  static bool is_plain(const Demand& demand) {
    const auto single = [](const Options& options) { return options.size() <= 1; };
    const auto one = [](std::span<const uint32_t> weights) {
      return std::count_if(weights.begin(), weights.end(), [](uint32_t w) { return w != 0; }) == 1;
    };
    return single(demand.category) && single(demand.subcategory) && single(demand.service) &&
           single(demand.config_item) && single(demand.channel) && single(demand.language) &&
           one(demand.kind_weights) && one(demand.impact_weights) && one(demand.urgency_weights) &&
           demand.vip_ppm == 0 && demand.requester_count == 0;
  }

  bool read_rate(const Demand& demand, const std::string& who, Model::DemandModel& made) {
    if (!demand.busyness.empty()) {
      made.busyness = position(scenario_.busyness, demand.busyness);
      if (made.busyness < 0)
        return fail(Impossible::out_of_range, "{}: there is no busyness \"{}\"", who,
                    demand.busyness);
      if (!(scenario_.busyness[static_cast<size_t>(made.busyness)].shape > 0.0))
        return fail(Impossible::not_positive, "busyness \"{}\": its shape must be above 0",
                    demand.busyness);
    }
    if (!demand.recorded.empty()) {
      if (!demand.rate.empty())
        return fail(Impossible::out_of_range, "{} has a rate and recorded contacts: one of them",
                    who);
      int64_t before = 0;
      for (const RecordedContact& contact : demand.recorded) {
        if (contact.at_us < before)
          return fail(Impossible::out_of_range, "{}: recorded contacts are not in order of time",
                      who);
        if (!known_queue(contact.queue, who)) return false;
        before = contact.at_us;
      }
      return true;
    }
    int64_t before = 0;
    double most = 0.0;
    for (const RatePiece& piece : demand.rate) {
      for (const double rate : {piece.from_per_hour, piece.until_per_hour}) {
        if (!(rate >= 0.0))
          return fail(Impossible::negative, "{}: a rate of {} an hour", who, rate);
        if (rate > per_hour_max)
          return fail(Impossible::too_large, "{}: more than {:g} an hour", who, per_hour_max);
        most = std::max(most, rate);
      }
      if (piece.from_us < before || piece.until_us <= piece.from_us)
        return fail(Impossible::out_of_range, "{}: its rates are not in order of time", who);
      before = piece.until_us;
    }
    if (!(most > 0.0)) return fail(Impossible::not_positive, "{}: its rate is 0 all the time", who);
    if (demand.cycle_us < 0 || (demand.cycle_us > 0 && before > demand.cycle_us))
      return fail(Impossible::out_of_range, "{}: its rates go on after the end of their cycle",
                  who);
    made.curve.emplace(demand.rate, demand.cycle_us);
    return true;
  }

  bool resolve(const Match& match, const std::string& who, Model::Matcher& made) {
    if (!known_queue(match.queue, who)) return false;
    if (!match.queue.empty()) made.queue = queue_number(match.queue);
    if (!match.demand.empty()) {
      made.demand = position(scenario_.demands, match.demand);
      if (made.demand < 0)
        return fail(Impossible::out_of_range, "{}: there is no demand \"{}\"", who, match.demand);
    }
    const auto text = [&](const std::string& wanted, int64_t& number, std::string_view what) {
      if (wanted.empty()) return true;
      number = model_.texts_.find(wanted);
      if (number >= 0) return true;
      return fail(Impossible::out_of_range, "{}: no demand has the {} \"{}\"", who, what, wanted);
    };
    note_recorded_texts();
    if (!text(match.category, made.category, "category") ||
        !text(match.channel, made.channel, "channel"))
      return false;
    made.tier = match.tier;
    made.kind = match.kind;
    made.priority = match.priority;
    made.anything = match.queue.empty() && match.demand.empty() && match.category.empty() &&
                    match.channel.empty() && match.tier < 0 && match.kind < 0 && match.priority < 0;
    return true;
  }

  void note_recorded_texts() {
    if (recorded_noted_) return;
    recorded_noted_ = true;
    for (const Demand& demand : scenario_.demands) {
      for (const RecordedContact& contact : demand.recorded) {
        for (const std::string* text :
             {&contact.category, &contact.channel, &contact.service, &contact.config_item})
          model_.texts_.number(*text);
      }
    }
  }

  /// The configuration's, of which only the first that matches counts as well.
  void read_burdens() {
    constexpr int64_t never_seen = 0x10000;  // no demand has this channel
    for (const desk::WorkRule& rule : scenario_.rules.settings.work) {
      Model::Matcher made;
      made.kind = rule.kind;
      made.priority = rule.priority;
      if (!rule.channel.empty()) {
        const int number = model_.texts_.find(rule.channel);
        made.channel = number >= 0 ? number : never_seen;
      }
      model_.burdens_.push_back(made);
    }
  }

  void read_rules() {
    note_recorded_texts();
    read_burdens();
    size_t count = 0;
    for (const WorkRule& rule : scenario_.work) {
      const std::string who = fmt::format("work rule {}", ++count);
      Model::WorkModel made{{}, &rule};
      if (rule.handling.none()) {
        fail(Impossible::out_of_range, "{} does not say how long handling takes", who);
        return;
      }
      share(rule.decline_ppm, who, "offers declined");
      if (!resolve(rule.match, who, made.matcher)) return;
      model_.work_.push_back(std::move(made));
    }
    if (model_.work_.empty()) {
      fail(Impossible::out_of_range, "nothing says how long work takes: add a work rule");
      return;
    }
    count = 0;
    for (const OutcomeRule& rule : scenario_.outcomes) {
      const std::string who = fmt::format("outcome rule {}", ++count);
      Model::OutcomeModel made{{}, &rule, 0};
      if (!resolve(rule.match, who, made.matcher)) return;
      uint64_t sum = 0;
      for (const Outcome& outcome : rule.outcomes) {
        sum += outcome.share_ppm;
        if (!known_queue(outcome.queue, who)) return;
        if (outcome.kind == Outcome::Kind::requeue && outcome.queue.empty())
          fail(Impossible::out_of_range, "{}: requeue to which queue?", who);
        if (outcome.kind == Outcome::Kind::pend && outcome.reason.empty())
          fail(Impossible::out_of_range, "{}: pending for which reason?", who);
      }
      share(sum, who, "its shares together");
      share(rule.reopen_ppm, who, "reopened tickets");
      made.any_ppm = static_cast<uint32_t>(sum);
      model_.outcomes_.push_back(made);
      if (error_) return;
    }
  }

  void read_teams() {
    if (scenario_.teams.empty()) {
      fail(Impossible::out_of_range, "nobody works: add a team");
      return;
    }
    for (const Team& team : scenario_.teams) {
      if (!read_team(team)) return;
    }
  }

  bool read_team(const Team& team) {
    const std::string who = fmt::format("team \"{}\"", team.name);
    const auto number = static_cast<uint32_t>(model_.teams_.size());
    Model::TeamModel made;
    made.rules = &team;
    const auto join = [&](uint32_t agent) {
      Model::AgentModel& joined = model_.agents_[agent];
      if (joined.team != Model::none)
        return fail(Impossible::out_of_range, "agent \"{}\" is in two teams, {} and {}",
                    joined.name, scenario_.teams[joined.team].name, team.name);
      joined.team = number;
      made.agents.push_back(agent);
      return true;
    };
    for (const std::string& name : team.agents) {
      const int32_t agent = position(model_.agents_, name);
      if (agent < 0)
        return fail(Impossible::out_of_range, "{}: there is no agent \"{}\" in the configuration",
                    who, name);
      if (!join(static_cast<uint32_t>(agent))) return false;
    }
    if (team.agents.empty()) {
      for (uint32_t agent = 0; agent < model_.agents_.size(); ++agent) {
        const desk::AgentDefinition* definition = definition_of(model_.agents_[agent].name);
        if (!team.group.empty() && std::find(definition->groups.begin(), definition->groups.end(),
                                             team.group) == definition->groups.end())
          continue;
        if (team.group.empty() && model_.agents_[agent].team != Model::none) continue;
        if (!join(agent)) return false;
      }
    }
    if (made.agents.empty()) return fail(Impossible::out_of_range, "{} has no agents", who);
    if (!read_presence(team, who, made)) return false;
    if (!share(team.absence_ppm, who, "absences")) return false;
    made.speed_milli.assign(model_.queues_.size(), 1'000);
    for (const Speed& speed : team.speeds) {
      if (!known_queue(speed.queue, who)) return false;
      if (speed.milli == 0) return fail(Impossible::not_positive, "{}: a speed of 0", who);
      if (speed.queue.empty()) {
        std::fill(made.speed_milli.begin(), made.speed_milli.end(), speed.milli);
      } else {
        made.speed_milli[queue_number(speed.queue)] = speed.milli;
      }
    }
    for (const uint32_t milli : team.concurrency_milli) {
      if (milli == 0) return fail(Impossible::not_positive, "{}: a speed of 0", who);
    }
    if (team.concurrency_milli.empty())
      return fail(Impossible::out_of_range, "{}: say its speed with one ticket in hand", who);
    model_.teams_.push_back(std::move(made));
    return true;
  }

  bool read_presence(const Team& team, const std::string& who, Model::TeamModel& made) {
    if (!team.headcounts.empty()) {
      if (!team.shift.empty())
        return fail(Impossible::out_of_range, "{} has a shift and headcounts: one of them", who);
      int64_t before = -1;
      for (const Headcount& count : team.headcounts) {
        if (count.from_us <= before || (team.cycle_us > 0 && count.from_us >= team.cycle_us))
          return fail(Impossible::out_of_range,
                      "{}: headcounts are not in order of time within their cycle", who);
        if (count.agents > made.agents.size())
          return fail(Impossible::out_of_range, "{}: {} at work, but it has {} agents", who,
                      count.agents, made.agents.size());
        before = count.from_us;
      }
      return true;
    }
    for (const uint32_t agent : made.agents) {
      const std::string& own = definition_of(model_.agents_[agent].name)->shift;
      const std::string& shift = team.shift.empty() ? own : team.shift;
      if (shift.empty() || shift == "24x7") continue;
      model_.agents_[agent].calendar = number_in(calendars_, shift);
      if (model_.agents_[agent].calendar == Model::none)
        return fail(Impossible::out_of_range,
                    "{}: there is no calendar \"{}\" in the configuration", who, shift);
    }
    for (const Break& rest : team.breaks) {
      if (rest.length_us <= 0 || rest.after_us < 0 || rest.spread_us < 0)
        return fail(Impossible::not_positive, "{}: a break needs a length, and begins in the shift",
                    who);
    }
    return true;
  }

  const desk::AgentDefinition* definition_of(std::string_view name) const {
    const auto& agents = scenario_.rules.agents;
    return &*std::find_if(agents.begin(), agents.end(),
                          [&](const auto& agent) { return agent.name == name; });
  }

  Model& model_;
  const Scenario& scenario_;
  std::vector<std::string> calendars_;
  std::optional<PlanError> error_;
  bool recorded_noted_ = false;
};

Answer<std::shared_ptr<const Model>> Model::build(Scenario scenario) {
  std::shared_ptr<Model> model(new Model(std::move(scenario)));
  if (auto error = ModelBuilder(*model).build()) return sched::Unexpected{std::move(*error)};
  return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace paceline::sim
