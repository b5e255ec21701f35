// How facts of a configuration are put. Private to tools/*_facts.cpp.
//
// Owner: any thread; pure.  Allocates: texts.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/config/units.h"
#include "sched/base/time.h"

namespace paceline::tools {

inline std::string elapsed(int64_t us) { return config::print(sched::Duration{us}); }

inline std::string or_none(std::string text) { return text.empty() ? "none" : std::move(text); }

template <class Each, class Text>
std::string listed(const std::vector<Each>& list, Text&& text) {
  std::string all;
  for (const Each& each : list) all += (all.empty() ? "" : ", ") + text(each);
  return or_none(std::move(all));
}

}  // namespace paceline::tools
