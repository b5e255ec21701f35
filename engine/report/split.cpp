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

std::vector<Part> split(const Question& question, Dimension by) {
  const bool whole = by == Dimension::desk && question.whole_desk;
  std::map<std::string, Question> parts;
  const auto part = [&](const std::string& name) -> Question& {
    const auto [at, is_new] = parts.try_emplace(name);
    if (!is_new) return at->second;
    at->second.book = question.book;
    at->second.period = question.period;
    at->second.inputs = question.inputs;
    at->second.whole_desk = whole;
    if (whole) at->second.agents = question.agents;
    return at->second;
  };
  if (by == Dimension::desk) part(question.book->desk());
  if (by == Dimension::agent) {
    for (const desk::AgentView* agent : question.agents) part(agent->name).agents = {agent};
  }
  for (const Case* ticket : question.cases)
    part(name_in(*question.book, *ticket, by)).cases.push_back(ticket);
  for (const SurveyOf& survey : question.surveys) {
    for (const std::string& name : names_in(*question.book, survey, by))
      part(name).surveys.push_back(survey);
  }
  std::vector<Part> list;
  for (auto& [name, each] : parts) list.push_back({name, std::move(each)});
  return list;
}

}  // namespace paceline::report
