#include "sim/world/model.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "sched/base/digest.h"
#include "sim/world/desk_port.h"

namespace paceline::sim {

uint16_t Texts::number(std::string_view text) {
  const int known = find(text);
  if (known >= 0) return static_cast<uint16_t>(known);
  texts_.emplace_back(text);
  return static_cast<uint16_t>(texts_.size() - 1);
}

int Texts::find(std::string_view text) const {
  const auto found = std::find(texts_.begin(), texts_.end(), text);
  return found == texts_.end() ? -1 : static_cast<int>(found - texts_.begin());
}

bool Model::Matcher::matches(const Traits& traits, const Model& model) const {
  if (anything) return true;
  const auto agrees = [](int64_t wanted, uint32_t is) { return wanted < 0 || wanted == is; };
  return agrees(queue, traits.queue) && agrees(demand, traits.demand) &&
         agrees(category, traits.category) && agrees(channel, traits.channel) &&
         agrees(kind, traits.kind) && agrees(priority, traits.priority) &&
         (tier < 0 || (traits.queue != none && tier == model.tier(traits.queue)));
}

double Model::expected_contacts() const {
  double contacts = 0.0;
  for (const DemandModel& demand : demands_) {
    if (demand.curve) {
      contacts += demand.curve->expected_before(scenario_.length_us);
      continue;
    }
    for (const RecordedContact& recorded : demand.rules->recorded)
      contacts += recorded.at_us < scenario_.length_us ? 1.0 : 0.0;
  }
  return contacts;
}

const WorkRule* Model::work(const Traits& traits) const {
  for (const WorkModel& work : work_) {
    if (work.matcher.matches(traits, *this)) return work.rules;
  }
  return nullptr;
}

const Model::OutcomeModel* Model::outcome(const Traits& traits) const {
  for (const OutcomeModel& outcome : outcomes_) {
    if (outcome.matcher.matches(traits, *this)) return &outcome;
  }
  return nullptr;
}

bool Model::blocks(const Traits& traits) const {
  for (size_t rule = 0; rule < burdens_.size(); ++rule) {
    if (burdens_[rule].matches(traits, *this)) return scenario_.rules.settings.work[rule].blocking;
  }
  return false;
}

namespace {

// The document of a simulated desk is the address of a configuration that outlives it: nothing is
// encoded where nothing leaves the process.
using Address = std::array<std::byte, sizeof(const desk::Configuration*)>;

Address address_of(const desk::Configuration& configuration) {
  return std::bit_cast<Address>(&configuration);
}

sched::Expected<desk::Configuration, std::string> configuration_at(
    std::span<const std::byte> document) {
  Address address;
  if (document.size() != address.size()) return sched::Unexpected{std::string("not an address")};
  std::memcpy(address.data(), document.data(), address.size());
  return *std::bit_cast<const desk::Configuration*>(address);
}

}  // namespace

std::unique_ptr<DeskPort> Model::desk() const {
  auto port = std::make_unique<DeskPort>(limits_, &configuration_at);
  const Address document = address_of(scenario_.rules);
  const std::string_view text(reinterpret_cast<const char*>(document.data()), document.size());
  port->configure(document, sched::hash_text(text));
  port->apply(scenario_.start);
  return port;
}

}  // namespace paceline::sim
