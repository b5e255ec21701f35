#include "tools/script_figures.h"

#include <fmt/format.h>

#include "engine/report/question.h"
#include "tools/report_figures.h"

namespace paceline::tools {

namespace {

desk::Answer ask(LocalDesk& desk, desk::QueryKind kind, uint8_t mode = 0) {
  desk::Query query;
  query.kind = kind;
  query.mode = mode;
  query.limit = 1'000;
  return desk.desk().answer(query);
}

void read(LocalDesk& desk, sched::Instant now, report::Book& book) {
  book.set_desk(desk.desk().name(), now.us, desk.desk().names(),
                ask(desk, desk::QueryKind::queues).queues,
                ask(desk, desk::QueryKind::agents).agents);
  book.set_reporting(ask(desk, desk::QueryKind::reporting).reporting);
  for (const uint8_t where : {uint8_t{2}, uint8_t{0}}) {  // surveys, tickets
    const desk::Answer answer = ask(desk, desk::QueryKind::cases, where);
    for (const desk::SurveyView& survey : answer.surveys) book.add(survey);
    for (const desk::TicketView& ticket : answer.tickets) book.add(ticket);
  }
  book.sort();
}

}  // namespace

std::string show_figure(LocalDesk& desk, sched::Instant now, const std::string& id) {
  report::Book book;
  read(desk, now, book);
  const report::Question question =
      report::ask(book, report::Period{.from_us = 0, .to_us = now.us + 1}, {});
  const std::vector<report::Figure> figures = report::figures(question);
  const report::Figure* figure = report::find(figures, id);
  if (figure == nullptr) return "none";
  std::string text = value_text(*figure);
  if (figure->measured() && figure->kind == report::FigureKind::share && figure->counted)
    text += fmt::format(" ({} of {})", figure->numerator, figure->denominator);
  return text;
}

}  // namespace paceline::tools
