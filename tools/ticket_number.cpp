#include "tools/ticket_number.h"

#include "tools/ticket_reference.h"

namespace paceline::tools {

Got<uint64_t> ticket_number(OpenedDesk& desk, const std::string& reference) {
  const wire::Addressed to = ticket_reference(reference);
  if (to.ticket != 0) return to.ticket;
  desk::Query query;
  query.kind = desk::QueryKind::ticket;
  query.text = std::string(to.external_id);
  const auto answer = desk.ask(query);
  if (!answer) return sched::Unexpected{answer.error()};
  if (answer->code != 0 || answer->tickets.empty())
    return sched::Unexpected{explain(
        answer->code == 0 ? desk::Reject::ticket_unknown : static_cast<desk::Reject>(answer->code),
        "ticket " + reference)};
  return answer->tickets.front().id;
}

}  // namespace paceline::tools
