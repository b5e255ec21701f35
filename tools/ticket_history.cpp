#include "tools/ticket_history.h"

#include <fmt/format.h>

namespace paceline::tools {

sched::Expected<std::string, std::string> ticket_history(
    std::string_view text,
    const std::function<std::optional<sched::Instant>(std::string_view)>& read_instant) {
  std::string history;
  while (!text.empty()) {
    const size_t end = std::min(text.find(';'), text.size());
    std::string_view step = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (step.starts_with(' ')) step.remove_prefix(1);
    while (step.ends_with(' ')) step.remove_suffix(1);
    if (step.empty()) continue;
    const size_t at = step.find('@');
    const auto instant =
        at == std::string_view::npos ? std::nullopt : read_instant(step.substr(at + 1));
    if (!instant)
      return sched::Unexpected{fmt::format(
          "`{}` is no step of a history: write STATE[:REASON]@INSTANT, joined by ;", step)};
    if (!history.empty()) history += ';';
    history += fmt::format("{}@{}", step.substr(0, at), instant->us);
  }
  return history;
}

}  // namespace paceline::tools
