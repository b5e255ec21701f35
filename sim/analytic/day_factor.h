// Days that are busier or quieter than forecast as a whole: arrivals at rate λB, B Gamma with
// mean 1.
//
// Within a day the desk is M/M/n+G at that day's rate; a figure of customers is the mean over
// customers, E[B·x(λB)] / E[B], occupancy is the mean over days. Ignoring B understates giving up
// two or three times.
//
// Sources: the mixed Poisson model, G. Jongbloed and G. Koole 2001, "Managing uncertainty in call
// centres using Poisson mixtures"; A. N. Avramidis, A. Deslauriers and P. L'Ecuyer 2004. Integrated
// by Gauss–Legendre panels around the mean day and around the day on which load meets the agents;
// relative error below 1e-8.
//
// Owner: any thread; pure.  Allocates: texts of errors.  Cost: some 400 solutions of M/M/n+G.
#pragma once

#include "sim/analytic/abandonment.h"

namespace paceline::sim {

/// `shape` of the day factor: its squared coefficient of variation is 1 / shape.
/// mean_wait_abandoned and the like are of all customers of all days.
/// Errors: as abandonment_queue; unstable if patience is endless for some (then some days are).
Answer<AbandonmentMeasures> abandonment_over_days(const AbandonmentQueue& mean_day,
                                                  const Distribution& patience, double threshold,
                                                  double shape);

/// The shape that gives counts of an interval with this mean an index of dispersion (variance by
/// mean) as observed. Errors: an index of 1 or less, which needs no day factor.
Answer<double> shape_from_dispersion(double mean_count, double index_of_dispersion);

}  // namespace paceline::sim
