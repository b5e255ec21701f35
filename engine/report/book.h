// The cases of a desk and the names they use: what every report is computed from.
//
// Owner: one thread.  Allocates: freely.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/desk/query.h"
#include "engine/report/case.h"
#include "sched/calendar.h"

namespace paceline::report {

class Book {
 public:
  /// What positions and queue names stand for; before the first case.
  void set_desk(std::string desk, int64_t now_us, desk::Names names,
                std::vector<desk::QueueView> queues, std::vector<desk::AgentView> agents);
  /// Whose business days are working days. Left out: Monday to Friday in UTC.
  void set_reporting(desk::ReportingView reporting);
  /// Of the period that questions will be about.
  void set_agent_times(std::vector<desk::AgentTimeView> times);
  /// A ticket that comes twice left memory while it was read: the later one counts.
  void add(const desk::TicketView& view);
  /// As it was answered last; may come before its ticket.
  void add(const desk::SurveyView& view);
  /// In the order of their ids.
  void sort();

  const std::string& desk() const { return desk_; }
  int64_t now_us() const { return now_us_; }
  const std::vector<Case>& cases() const { return cases_; }
  const std::vector<desk::QueueView>& queues() const { return queues_; }
  const std::vector<desk::AgentView>& agents() const { return agents_; }
  const desk::ReportingView& reporting() const { return reporting_; }
  /// Zeros where nothing is known of it.
  const desk::AgentTimeView& time_of(const std::string& agent) const;
  /// The calendar whose business days are working days; empty: Monday to Friday in UTC.
  const std::string& working_calendar() const;
  /// When so many working days are over: the closing time of the last of them, the one under way
  /// counted, as every period in business days ("5bd"); without a calendar the same time of day.
  int64_t working_days_after(int64_t at_us, int64_t days) const;
  const std::string& text(Word word) const { return words_.text(word); }
  const std::string& reason(uint32_t position) const;
  Word group_of(Word queue) const;
  uint8_t tier_of(Word queue) const;  ///< As the queue is now.
  bool is_triage(Word queue) const { return words_.text(queue) == "triage"; }
  /// The first queue that is not triage; `nothing` where the path is not known.
  Word first_queue(const Case& ticket) const;
  /// Did it ever change hands between groups? Triage is no group here.
  bool changed_group(const Case& ticket) const;
  /// Another ticket of the same requester and category in (after, until].
  bool came_again(const Case& ticket, int64_t after_us, int64_t until_us) const;
  /// Whether the desk ever asked anybody about the tickets it has.
  bool has_surveys() const { return has_surveys_; }
  /// Whether a low answer was followed by one of 4 or 5 of the same requester, to this survey or
  /// another.
  bool satisfied_later(const Case& ticket, const SurveyCase& survey) const;
  /// The resolving group first, then every other that held the ticket a fifth of its time.
  std::vector<Word> groups_of(const Case& ticket, const SurveyCase& survey) const;

 private:
  struct QueueFacts {
    Word group = 0;
    uint8_t tier = 1;
  };
  Case made(const desk::TicketView& view);
  ClockCase made(const desk::ClockView& view);
  void derive(Case& ticket);
  void trace(Case& ticket, const desk::TicketView& view);
  void attach_surveys();

  std::string desk_;
  int64_t now_us_ = 0;
  desk::Names names_;
  std::vector<desk::QueueView> queues_;
  std::vector<desk::AgentView> agents_;
  desk::ReportingView reporting_;
  std::optional<sched::Calendar> calendar_;  // of reporting_, where it has business days
  std::unordered_map<std::string, desk::AgentTimeView> agent_times_;
  Words words_;
  std::unordered_map<Word, QueueFacts> queue_facts_;
  std::vector<Case> cases_;
  std::unordered_map<uint64_t, size_t> by_id_;
  std::unordered_map<uint64_t, std::vector<int64_t>> arrivals_;        // by requester and category
  std::map<std::pair<uint64_t, uint64_t>, SurveyCase> loose_surveys_;  // by ticket, then number
  std::unordered_map<Word, std::vector<std::pair<int64_t, int8_t>>> scores_;  // by requester
  bool has_surveys_ = false;
};

}  // namespace paceline::report
