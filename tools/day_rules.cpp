#include "tools/day_rules.h"

#include <algorithm>
#include <string_view>

#include "sim/recorded/act_frame.h"
#include "wire/config_codec.h"

namespace paceline::tools {

using desk::CommandKind;
using sim::RecordedAct;

namespace {

bool configures(const RecordedAct& act) {
  return act.command.kind == CommandKind::config_begin ||
         act.command.kind == CommandKind::config_chunk ||
         act.command.kind == CommandKind::config_commit;
}

}  // namespace

size_t change_rules(sim::RecordedDay& day, const desk::Configuration& rules) {
  const wire::Bytes document = wire::encode_configuration(rules);
  const std::string_view text(reinterpret_cast<const char*>(document.data()), document.size());
  const auto first = std::find_if(day.acts.begin(), day.acts.end(), configures);
  const auto place = first == day.acts.end() ? 0 : first - day.acts.begin();
  RecordedAct like;  // its batch and instant
  if (first != day.acts.end()) like = *first;
  std::vector<RecordedAct> acts;
  const auto add = [&](sim::RecordedCommand command) {
    acts.push_back(like);
    acts.back().command = std::move(command);
  };
  const auto size = static_cast<uint32_t>(document.size());
  add(sim::recorded(CommandKind::config_begin, desk::ConfigBegin{.bytes = size}, {}));
  add(sim::recorded(CommandKind::config_chunk, desk::ConfigChunk{.text_at = 0, .size = size},
                    text));
  add(sim::recorded(CommandKind::config_commit,
                    desk::ConfigCommit{.hash = wire::hash_document(document)}, {}));
  const auto commits = std::count_if(day.acts.begin(), day.acts.end(), [](const RecordedAct& act) {
    return act.command.kind == CommandKind::config_commit;
  });
  day.acts.erase(std::remove_if(day.acts.begin() + place, day.acts.end(), configures),
                 day.acts.end());
  day.acts.insert(day.acts.begin() + place, acts.begin(), acts.end());
  return commits > 1 ? static_cast<size_t>(commits - 1) : 0;
}

}  // namespace paceline::tools
