#include "tools/why_show.h"

#include <fmt/format.h>

#include <algorithm>

#include "tools/instants.h"
#include "tools/table.h"

namespace paceline::tools {

namespace {

std::string instant_text(int64_t us) { return us == 0 ? "" : format_instant({us}); }

std::string left_out(uint32_t count, const char* what) {
  return count == 0 ? "" : fmt::format("… and {} {} more: --limit shows them\n", count, what);
}

std::string terms_text(const desk::Why& why) {
  Table table({"", ""});
  for (const desk::WhyTerm& term : why.terms) table.row({term.name, why_term_text(term)});
  return table.empty() ? "" : "\n" + table.text();
}

std::string candidates_text(const desk::Why& why) {
  if (why.candidates.empty()) return "";
  Table table({"agent", "state", "hindrance", "because", ">rank", ">surplus", ">preferred",
               ">score", "idle since", ">used", ">of"});
  for (const desk::CandidateView& each : why.candidates) {
    const bool free = each.hindrance.empty();
    table.row(
        {each.agent, each.state, free ? "none" : each.hindrance, each.detail,
         free ? std::to_string(each.rank) : "", free ? std::to_string(each.surplus) : "",
         free && each.preferred_of != 0 ? fmt::format("{} of {}", each.preferred, each.preferred_of)
                                        : "",
         each.score == 0 ? "" : fmt::format("{:+}", each.score), instant_text(each.idle_since_us),
         std::to_string(each.used_milli), std::to_string(each.capacity_milli)});
  }
  return "\n" + table.text() + left_out(why.candidates_left_out, "agents");
}

std::string filters(const desk::LineView& line) {
  std::string text = line.need.empty() ? "anybody" : line.need;
  if (!line.language.empty()) text += ", " + line.language;
  if (!line.confidentiality.empty()) text += ", cleared for " + line.confidentiality;
  return text;
}

std::string lines_text(const desk::Why& why) {
  if (why.lines.empty()) return "";
  // Who could serve it is counted of a queue only.
  const bool counted = std::any_of(
      why.lines.begin(), why.lines.end(),
      [](const desk::LineView& line) { return line.able != 0 || line.hindrance == "unroutable"; });
  std::vector<std::string> headings = {"queue", ">step", "needs", "takes", ">waiting"};
  if (counted) headings.insert(headings.end(), {">able", ">routable", ">free"});
  headings.insert(headings.end(), {"first", "hindrance"});
  Table table(headings);
  for (const desk::LineView& line : why.lines) {
    std::vector<std::string> row = {line.queue, std::to_string(line.step), filters(line), line.work,
                                    std::to_string(line.waiting)};
    if (counted)
      row.insert(row.end(), {std::to_string(line.able), std::to_string(line.routable),
                             std::to_string(line.free)});
    std::string first = line.head_external_id;
    if (first.empty() && line.head != 0) first = std::to_string(line.head);
    row.insert(row.end(), {first, line.hindrance});
    table.row(std::move(row));
  }
  return "\n" + table.text() + left_out(why.lines_left_out, "lines");
}

std::string remedies_text(const desk::Why& why) {
  std::string text;
  for (const std::string& remedy : why.remedies) text += "  " + remedy + "\n";
  return text.empty() ? "" : "\nWhat would change it:\n" + text;
}

}  // namespace

std::string why_term_text(const desk::WhyTerm& term) {
  switch (term.kind) {
    case desk::WhyTerm::Kind::text:
      return term.text;
    case desk::WhyTerm::Kind::instant_us:
      return instant_text(term.value) + (term.text.empty() ? "" : "  " + term.text);
    case desk::WhyTerm::Kind::duration_us:
      return format_exact(term.value) + (term.text.empty() ? "" : "  " + term.text);
    case desk::WhyTerm::Kind::count:
      return std::to_string(term.value) + (term.text.empty() ? "" : "  " + term.text);
  }
  return term.text;
}

std::string why_text(const desk::Why& why) {
  return why.sentence + "\n" + terms_text(why) + candidates_text(why) + lines_text(why) +
         remedies_text(why);
}

}  // namespace paceline::tools
