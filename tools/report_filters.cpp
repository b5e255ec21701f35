// `--only` of reports: which tickets they are about.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tools/report_options.h"

namespace paceline::tools {

using nlohmann::ordered_json;

Done ReportOptions::read_filters() {
  if (!kind_.empty()) only_[report::Dimension::kind] = {kind_};
  for (const std::string& text : only_texts_) {
    const size_t equals = text.find('=');
    const auto found = report::dimension(text.substr(0, equals));
    if (equals == std::string::npos || !found || *found == report::Dimension::desk)
      return sched::Unexpected{bad_usage(fmt::format(
          "--only `{}` is no filter: write one of {} = what it must be, like queue=l1", text,
          fmt::join(std::begin(report::dimension_names) + 1, std::end(report::dimension_names),
                    ", ")))};
    if (*found == report::Dimension::agent) {
      if (auto done = allow_agents(); !done) return done;
    }
    only_[*found].insert(text.substr(equals + 1));
  }
  return {};
}

/// A name that nothing has is a slip of the pen.
Done ReportOptions::check_filters() const {
  for (const auto& [dimension, names] : only_) {
    std::set<std::string> known;
    for (const report::Case& ticket : book_->cases()) {
      known.insert(report::name_in(*book_, ticket, dimension));
      known.insert(report::first_name_in(*book_, ticket, dimension));
    }
    for (const desk::AgentView& agent : book_->agents())
      known.merge(report::names_in(*book_, agent, dimension));
    if (dimension == report::Dimension::queue) {
      for (const desk::QueueView& queue : book_->queues()) known.insert(queue.name);
    } else if (dimension == report::Dimension::kind) {
      known.insert(std::begin(report::kind_names), std::end(report::kind_names));
    } else if (dimension == report::Dimension::priority) {
      known.insert({"P1", "P2", "P3", "P4", "P5"});
    }
    for (const std::string& name : names) {
      if (known.count(name) != 0) continue;
      std::vector<std::string> some;
      for (const std::string& each : known) {
        if (!each.empty() && some.size() < 20) some.push_back(each);
      }
      const char* const what = report::dimension_names[static_cast<size_t>(dimension)];
      return sched::Unexpected{not_found(
          fmt::format("--only {}={}: this desk has no such {}: {}{}", what, name, what,
                      some.empty() ? "it states none" : fmt::format("{}", fmt::join(some, ", ")),
                      known.size() > 20 ? ", …" : ""))};
    }
  }
  return {};
}

bool ReportOptions::wants(report::Dimension dimension, const std::string& name) const {
  const auto filter = only_.find(dimension);
  return filter == only_.end() || filter->second.count(name) != 0;
}

ordered_json ReportOptions::filters_json() const {
  ordered_json json = ordered_json::object();
  for (const auto& [dimension, names] : only_)
    json[report::dimension_names[static_cast<size_t>(dimension)]] = names;
  return json;
}

std::string ReportOptions::filters_text() const {
  std::string text;
  for (const auto& [dimension, all] : only_) {
    std::vector<std::string> names(all.begin(), all.end());
    if (names.front().empty()) names.front() = "not stated";
    text += fmt::format("{}{} {}", text.empty() ? " of " : ", ",
                        report::dimension_names[static_cast<size_t>(dimension)],
                        fmt::join(names, " or "));
  }
  return text;
}

}  // namespace paceline::tools
