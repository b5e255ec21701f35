#include "engine/report/split.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace paceline::report {

std::optional<Dimension> dimension(std::string_view name) {
  for (size_t i = 0; i < dimension_count; ++i) {
    if (name == dimension_names[i]) return static_cast<Dimension>(i);
  }
  return {};
}

std::string name_in(const Book& book, const Case& ticket, Dimension by) {
  switch (by) {
    case Dimension::desk:
      return book.desk();
    case Dimension::queue:
      return book.text(ticket.queue);
    case Dimension::group:
      return book.text(ticket.group);
    case Dimension::tier:
      return std::to_string(ticket.tier);
    case Dimension::priority:
      return ticket.priority == 0 ? "" : "P" + std::to_string(ticket.priority);
    case Dimension::kind:
      return kind_names[std::min<size_t>(ticket.kind, std::size(kind_names) - 1)];
    case Dimension::category:
      return book.text(ticket.category);
    case Dimension::channel:
      return book.text(ticket.channel);
    case Dimension::service:
      return book.text(ticket.service);
    case Dimension::agent:
      return book.text(ticket.agent);
  }
  return {};
}

std::string first_name_in(const Book& book, const Case& ticket, Dimension by) {
  if (!is_place(by)) return name_in(book, ticket, by);
  const Word queue = book.first_queue(ticket);
  if (queue == Words::nothing) return name_in(book, ticket, by);  // its path is not known
  if (by == Dimension::queue) return book.text(queue);
  return by == Dimension::group ? book.text(book.group_of(queue))
                                : std::to_string(book.tier_of(queue));
}

std::set<std::string> names_in(const Book& book, const desk::AgentView& agent, Dimension by) {
  if (by == Dimension::agent) return {agent.name};
  if (!is_place(by)) return {};
  std::set<std::string> groups;
  for (size_t from = 0; from < agent.groups.size();) {
    const size_t end = std::min(agent.groups.find_first_of(", ", from), agent.groups.size());
    if (end > from) groups.insert(agent.groups.substr(from, end - from));
    from = end + 1;
  }
  if (by == Dimension::group) return groups;
  std::set<std::string> names;
  for (const desk::QueueView& queue : book.queues()) {
    if (groups.count(queue.group.empty() ? queue.name : queue.group) == 0) continue;
    names.insert(by == Dimension::queue ? queue.name : std::to_string(queue.tier));
  }
  return names;
}

std::vector<Part> split(const Question& question, Dimension by) {
  const bool whole = by == Dimension::desk && question.whole_desk;
  const Book& book = *question.book;
  std::map<std::string, Question> parts;
  const auto part = [&](const std::string& name) -> Question& {
    const auto [at, is_new] = parts.try_emplace(name);
    if (!is_new) return at->second;
    at->second.book = question.book;
    at->second.period = question.period;
    at->second.inputs = question.inputs;
    at->second.whole_desk = whole;
    if (by == Dimension::desk) at->second.agents = question.agents;
    if (is_place(by) || question.came_first) at->second.came_first.emplace();
    return at->second;
  };
  if (by == Dimension::desk) part(book.desk());
  if (by == Dimension::agent) {
    for (const desk::AgentView* agent : question.agents) part(agent->name);
  }
  for (const Case* ticket : question.cases)
    part(name_in(book, *ticket, by)).cases.push_back(ticket);
  if (is_place(by) || question.came_first) {
    for (const Case* ticket : question.came_first ? *question.came_first : question.cases)
      part(first_name_in(book, *ticket, by)).came_first->push_back(ticket);
  }
  for (const SurveyOf& survey : question.surveys) {
    for (const std::string& name : names_in(book, survey, by)) part(name).surveys.push_back(survey);
  }
  for (const desk::AgentView* agent : question.agents) {
    for (const std::string& name : names_in(book, *agent, by)) {
      if (const auto known = parts.find(name); known != parts.end())
        known->second.agents.push_back(agent);
    }
  }
  std::vector<Part> list;
  for (auto& [name, each] : parts) list.push_back({name, std::move(each)});
  return list;
}

Question only(const Question& question, Dimension by, const std::set<std::string>& names) {
  const Book& book = *question.book;
  Question some = question;
  some.whole_desk = false;
  std::erase_if(some.cases,
                [&](const Case* ticket) { return names.count(name_in(book, *ticket, by)) == 0; });
  if (is_place(by) || question.came_first) {
    if (!some.came_first) some.came_first = question.cases;
    std::erase_if(*some.came_first, [&](const Case* ticket) {
      return names.count(first_name_in(book, *ticket, by)) == 0;
    });
  }
  const auto among = [&](const auto& of) {
    return std::any_of(of.begin(), of.end(), [&](const auto& each) { return names.count(each); });
  };
  std::erase_if(some.surveys,
                [&](const SurveyOf& survey) { return !among(names_in(book, survey, by)); });
  std::erase_if(some.agents,
                [&](const desk::AgentView* agent) { return !among(names_in(book, *agent, by)); });
  return some;
}

}  // namespace paceline::report
