// What reports have in common: the desk, the period, whose tickets, and what the desk cannot know;
// and the reading of its cases.
//
// Owner: one sub-command.  Allocates: texts, and the book.  Errors: Failure.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/split.h"
#include "engine/report/targets.h"
#include "tools/connection.h"

namespace paceline::tools {

/// All tickets of a desk, in memory first and then those of the history file, so that one that
/// leaves meanwhile is found in either.
/// Agents' time is of the period; `to_us` 0: up to now.
Got<std::unique_ptr<report::Book>> read_book(OpenedDesk& desk, int64_t from_us = 0,
                                             int64_t to_us = 0);

/// A figure's id that an option names.
Done known_figure(std::string_view option, const std::string& id);

class ReportOptions {
 public:
  void declare(CLI::App& app);
  void declare_period(CLI::App& app);
  void declare_by(CLI::App& app, const std::string& allowed);
  void declare_inputs(CLI::App& app);
  void declare_targets(CLI::App& app);

  /// Before a server is asked.
  Done read();
  /// Requires read(). The book is kept here.
  Got<report::Question> ask(OpenedDesk& desk);
  Got<report::Question> ask();
  /// Where the rows are of places and not of tickets: the filters by these are left to wants().
  Got<report::Question> ask_of_all_places();
  /// Whether the filters have that name in.
  bool wants(report::Dimension dimension, const std::string& name) const;

  const DeskOptions& desk() const { return options_; }
  bool json() const { return json_; }
  bool chose_period() const { return !from_.empty() || !to_.empty(); }
  bool chose_part() const { return dimension_chosen_; }
  /// Fewer tickets than the desk has.
  bool filtered() const { return !only_.empty(); }
  bool agents_allowed() const { return agents_allowed_; }
  report::Dimension by() const { return dimension_; }  ///< desk where nothing was chosen.
  const report::Book& book() const { return *book_; }
  const std::vector<report::Target>& targets() const { return targets_; }
  /// Agents by name are for those who may see them.
  Done allow_agents() const;

  /// desk, as_of and the period: the head of every answer.
  nlohmann::ordered_json head(const report::Question& question) const;
  std::string head_text(const report::Question& question) const;
  /// Which days are working days.
  std::string working_days_text() const;

 private:
  Done read_inputs();
  Done read_filters();
  Done check_filters() const;
  Got<report::Question> ask(OpenedDesk& desk, bool all_places);
  nlohmann::ordered_json filters_json() const;
  std::string filters_text() const;

  DeskOptions options_;
  std::string from_, to_, kind_, answer_within_, first_contact_within_;
  std::optional<std::string> by_;
  std::vector<std::string> live_channels_, alert_channels_, target_texts_, only_texts_;
  std::string forecast_;
  std::string target_set_ = "preset";
  double users_ = -1, fte_ = -1, paid_hours_ = -1, cost_per_hour_ = -1, tool_cost_ = -1;
  int64_t self_served_ = -1;
  int repeat_days_ = 5;
  bool json_ = false;
  bool agents_allowed_ = false;

  int64_t from_us_ = 0, to_us_ = 0;
  report::Dimension dimension_ = report::Dimension::desk;
  bool dimension_chosen_ = false;
  std::map<report::Dimension, std::set<std::string>> only_;
  report::Inputs inputs_;
  std::vector<report::Target> targets_, given_targets_;
  std::unique_ptr<report::Book> book_;
};

}  // namespace paceline::tools
