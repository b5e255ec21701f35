#include "tools/plan_case_input.h"

#include <cmath>

#include "sim/scenario/queueing.h"

namespace paceline::tools {

using sim::Distribution;

namespace {

double mean_of(const Json& law) {
  return law.contains("rate") ? 1 / law.at("rate").get<double>() : law.at("mean").get<double>();
}

// Made for formulas and for the simulator alike: both kinds of law have the same makers. Times are
// multiplied by `unit`.

template <class Law>
sim::Answer<Law> weibull_of(const Json& law, double unit) {
  const auto shape = law.at("shape").get<double>();
  const double scale = law.contains("scale") ? law.at("scale").get<double>()
                                             : mean_of(law) / std::tgamma(1 + 1 / shape);
  return Law::weibull(scale * unit, shape);
}

/// Values of equal shares, or values with shares, or times with the survival after each.
template <class Law>
sim::Answer<Law> empirical_of(const Json& law, double unit) {
  std::vector<Distribution::Atom> atoms;
  if (law.contains("survival")) {
    double before = 1;
    for (size_t i = 0; i < law.at("survival").size(); ++i) {
      const auto after = law.at("survival").at(i).get<double>();
      atoms.push_back({law.at("time").at(i).get<double>() * unit, before - after});
      before = after;
    }
    return Law::empirical(std::move(atoms));
  }
  const auto values = numbers(law.at("values"));
  for (size_t i = 0; i < values.size(); ++i)
    atoms.push_back({values[i] * unit, law.contains("shares")
                                           ? law.at("shares").at(i).get<double>()
                                           : 1 / static_cast<double>(values.size())});
  return Law::empirical(std::move(atoms));
}

template <class Law>
sim::Answer<Law> law_from(const Json& law, double unit) {
  const auto kind = law.at("kind").get<std::string>();
  if (kind == "exp") return Law::exponential(mean_of(law) * unit);
  if (kind == "det")
    return Law::deterministic(law.at(law.contains("value") ? "value" : "mean").get<double>() *
                              unit);
  if (kind == "uniform")
    return Law::uniform(number_or(law, "min", 0) * unit, law.at("max").get<double>() * unit);
  if (kind == "lognormal") return Law::lognormal(mean_of(law) * unit, law.at("cv").get<double>());
  if (kind == "gamma") {
    const double cv = number_or(law, "cv", 0);
    const double shape = law.contains("shape") ? law.at("shape").get<double>() : 1 / (cv * cv);
    return Law::gamma(mean_of(law) * unit, shape);
  }
  if (kind == "erlang") return Law::gamma(mean_of(law) * unit, law.at("k").get<double>());
  if (kind.starts_with("erlang") && kind.size() == 7 && kind[6] >= '1' && kind[6] <= '9')
    return Law::gamma(mean_of(law) * unit, kind[6] - '0');
  if (kind == "weibull") return weibull_of<Law>(law, unit);
  if (kind == "hyperexp2") {
    const auto p = law.at("p").get<double>();
    return Law::hyperexponential(
        {{p, law.at("mean1").get<double>() * unit}, {1 - p, law.at("mean2").get<double>() * unit}});
  }
  if (kind == "empirical") return empirical_of<Law>(law, unit);
  return sim::impossible(sim::Impossible::out_of_range,
                         "law `" + kind +
                             "` is unknown: take exp, det, uniform, lognormal, gamma, erlang, "
                             "weibull, hyperexp2 or empirical");
}

}  // namespace

sim::Answer<Distribution> law_of(const Json& law) { return law_from<Distribution>(law, 1); }
sim::Answer<sim::Law> simulated_law(const Json& law) {
  return law_from<sim::Law>(law, sim::QueueingScenario::unit_us);
}

CaseAnswer refused(const sim::PlanError& error) {
  CaseAnswer answer;
  answer.reason = std::string(sim::name(error.kind)) + ": " + error.text;
  return answer;
}

CaseAnswer computed(Json figures) {
  CaseAnswer answer;
  answer.computed = std::move(figures);
  return answer;
}

std::vector<double> numbers(const Json& list) { return list.get<std::vector<double>>(); }

double number_or(const Json& params, const char* key, double otherwise) {
  return params.contains(key) && !params.at(key).is_null() ? params.at(key).get<double>()
                                                           : otherwise;
}

}  // namespace paceline::tools
