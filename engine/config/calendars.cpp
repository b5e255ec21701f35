#include "engine/config/calendars.h"

#include "engine/config/calendar_draft.h"
#include "engine/config/diagnostics.h"
#include "engine/config/table_reader.h"

namespace paceline::config {

Calendars calendars_in_text(std::string_view text, std::string_view file, std::string_view tzdata) {
  Diagnostics diagnostics(file);
  const auto document = parse_document(text);
  if (!document) {
    diagnostics.error(code::syntax, document.error().line, document.error().message);
    return sched::Unexpected{diagnostics.take_errors()};
  }
  TableReader top(*document, 0, "", diagnostics);
  std::vector<sched::CalendarSpec> calendars;
  for (CalendarDraft& draft :
       read_calendar_table(top, diagnostics, sched::Instant{}, OpenAhead::not_asked, tzdata))
    calendars.push_back(std::move(draft.spec));
  if (diagnostics.failed()) return sched::Unexpected{diagnostics.take_errors()};
  return calendars;
}

Calendars calendars_in_file(const std::string& path, std::string_view tzdata) {
  const auto text = read_text(path);
  if (!text) return sched::Unexpected{text.error()};
  return calendars_in_text(*text, path, tzdata);
}

}  // namespace paceline::config
