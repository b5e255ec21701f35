// The balanced scorecard: one number that no single strength can buy.
//
// Each component is scaled from its worst (0) to its target (1) and clipped to [0.01, 1]; a part is
// the geometric mean of its components, the whole that of the parts. What was not measured is left
// out and said.
//
// Owner: any thread; pure.  Allocates: the rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/question.h"

namespace paceline::report {

/// Worst and target of a component, in the figure's unit: shares as 0 … 1, durations in hours. A
/// component with a ceiling falls off again above it: first contact resolution in its band.
struct Scale {
  std::string figure;
  std::string part;  ///< efficiency, quality, satisfaction
  double worst = 0.0;
  double target = 1.0;
  std::optional<double> ceiling;
};
std::vector<Scale> default_scales();
/// "mttr_wall=72..8": worst..target, in hours or per cent. False: not to be read, or no component.
bool set_scale(std::vector<Scale>& scales, std::string_view text);

struct Component {
  Scale scale;
  std::optional<double> value;  ///< None: not measured.
  double score = 0.0;
  std::string needs;
};
struct Scorecard {
  std::vector<Component> components;
  std::vector<std::pair<std::string, std::optional<double>>> parts;
  std::optional<double> composite;
};
Scorecard scorecard(const std::vector<Figure>& figures, const std::vector<Scale>& scales);

}  // namespace paceline::report
