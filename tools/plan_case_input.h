// What the answers to reference cases share: laws from JSON, refusals into answers.
//
// Owner: any thread; pure.  Allocates: the result.
#pragma once

#include <string>
#include <vector>

#include "sim/analytic/answer.h"
#include "sim/analytic/distribution.h"
#include "sim/random/law.h"
#include "tools/plan_cases.h"

namespace paceline::tools {

/// {"kind": "lognormal", "mean": 2, "cv": 1.5}; kinds exp, det, uniform, lognormal, gamma, erlang
/// (or erlang2 …), weibull, hyperexp2, empirical. Throws nlohmann's exceptions.
sim::Answer<sim::Distribution> law_of(const Json& law);
/// The same to draw from, in microseconds: a book's unit of time is QueueingScenario::unit_us.
sim::Answer<sim::Law> simulated_law(const Json& law);

/// A refusal is an answer that was computed: the case fails with its text.
CaseAnswer refused(const sim::PlanError& error);
CaseAnswer computed(Json figures);

std::vector<double> numbers(const Json& list);
/// `key` of `params`, or the other value where it is absent or null.
double number_or(const Json& params, const char* key, double otherwise);

}  // namespace paceline::tools
