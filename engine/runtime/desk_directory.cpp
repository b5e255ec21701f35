#include "engine/runtime/desk_directory.h"

#include <algorithm>

#include "engine/runtime/desk_created.h"

namespace paceline::runtime {

namespace {
constexpr uint16_t numbers_max = 65'535;
}

void DeskDirectory::add(sched::DeskNumber desk, const std::string& name) {
  by_name_.emplace(name, desk);
  last_ = std::max(last_, desk.value);
}

void DeskDirectory::look_up(Request& request) const {
  OpenDeskWork& work = *request.open_desk;
  const auto found = by_name_.find(work.name);
  if (found == by_name_.end()) return look_up_new(request);
  request.desk = found->second;
}

void DeskDirectory::look_up_new(Request& request) const {
  OpenDeskWork& work = *request.open_desk;
  const auto refuse = [&](Refusal refusal, std::string text) {
    request.refusal = refusal;
    request.refusal_text = std::move(text);
  };
  if (std::string problem = desk_name_problem(work.name); !problem.empty())
    return refuse(Refusal::desk_name_invalid, std::move(problem));
  if (!work.create)
    return refuse(Refusal::desk_unknown,
                  "there is no desk \"" + work.name + "\" here: an administrator can create it");
  if ((work.roles & static_cast<uint32_t>(desk::Role::administrator)) == 0)
    return refuse(Refusal::permission_denied,
                  "there is no desk \"" + work.name +
                      "\" here, and only an administrator may create one: connect through the "
                      "unix socket as the server's own user, or with its token");
  if (std::string problem = desk_limits_problem(work.limits); !problem.empty())
    return refuse(Refusal::desk_limits_invalid, std::move(problem));
  if (by_name_.size() >= desks_max_ || last_ == numbers_max)
    return refuse(Refusal::desks_full, "this server has all the " + std::to_string(desks_max_) +
                                           " desks it may have (desks_max)");
  request.desk = {static_cast<uint16_t>(last_ + 1)};
  work.created = true;
}

}  // namespace paceline::runtime
