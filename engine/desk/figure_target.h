// What a desk wants its key figures to be, as its configuration says it and reports judge by it.
//
// The rules of a desk read none of it; it is kept with them so that a report asks one place only.
//
// Owner: any thread; plain values.  Allocates: texts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace paceline::desk {

/// Every figure that is published (engine/report), in its order there.
inline constexpr std::string_view figure_ids[] = {"fcr_net",
                                                  "fcr_gross",
                                                  "flr",
                                                  "reopen_rate",
                                                  "escalation_rate",
                                                  "hierarchical_escalation_rate",
                                                  "bounce_rate",
                                                  "hops",
                                                  "transfer_accuracy",
                                                  "duplicate_rate",
                                                  "mttr_business",
                                                  "mttr_wall",
                                                  "mttr_active",
                                                  "mtta",
                                                  "first_response",
                                                  "flow_efficiency",
                                                  "aht",
                                                  "sla_compliance",
                                                  "live_compliance",
                                                  "breach_severity",
                                                  "update_on_time",
                                                  "backlog",
                                                  "backlog_days",
                                                  "service_level",
                                                  "service_level_answered",
                                                  "service_level_offered",
                                                  "asa",
                                                  "abandon_rate",
                                                  "deflection",
                                                  "proactive_share",
                                                  "volume_trend",
                                                  "forecast_error",
                                                  "occupancy",
                                                  "utilisation",
                                                  "fairness",
                                                  "shrinkage",
                                                  "adherence",
                                                  "cost_per_ticket",
                                                  "users_per_analyst",
                                                  "csat",
                                                  "nps",
                                                  "survey_response",
                                                  "kb_use",
                                                  "article_success"};
bool is_figure(std::string_view id);

/// `fcr_net = "72%..80%"`
struct FigureTarget {
  std::string figure;
  std::string band;  ///< As written; Band says what it means.
  bool operator==(const FigureTarget&) const = default;
};

/// Millionths of the figure's unit: of 1 for a share, of an hour for a duration.
struct Band {
  std::optional<int64_t> low_ppm, high_ppm;
};
/// "72%..80%", "95%..", "..5", "-5%..5%"; low is not above high. None: not to be read.
std::optional<Band> read_band(std::string_view text);

}  // namespace paceline::desk
