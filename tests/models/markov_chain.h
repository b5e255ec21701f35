// A Markov chain given by its moves, solved the slow way: Gauss–Seidel sweeps until nothing
// changes.
//
// The slow, obvious twin of what the planner solves by recursions and blocks. States are whatever
// has an order; those that can be reached from the first are found by walking.
#pragma once

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace paceline::models {

template <class State>
class MarkovChain {
 public:
  using Moves = std::vector<std::pair<State, double>>;  // where to, at which rate

  MarkovChain(const State& first, const std::function<Moves(const State&)>& moves) {
    add(first);
    for (size_t i = 0; i < states_.size(); ++i) {
      const State from = states_[i];
      for (const auto& [to, rate] : moves(from)) {
        if (rate <= 0) continue;
        const size_t j = add(to);
        into_[j].push_back({i, rate});
        out_[i] += rate;
      }
    }
    solve();
  }

  /// The mean of a figure of the state.
  double mean(const std::function<double(const State&)>& figure) const {
    double sum = 0;
    for (size_t i = 0; i < states_.size(); ++i) sum += shares_[i] * figure(states_[i]);
    return sum;
  }
  double share(const std::function<bool(const State&)>& holds) const {
    return mean([&](const State& state) { return holds(state) ? 1.0 : 0.0; });
  }
  size_t size() const { return states_.size(); }

 private:
  size_t add(const State& state) {
    const auto [found, is_new] = index_.try_emplace(state, states_.size());
    if (is_new) {
      states_.push_back(state);
      into_.emplace_back();
      out_.push_back(0);
    }
    return found->second;
  }

  void solve() {
    shares_.assign(states_.size(), 1.0 / static_cast<double>(states_.size()));
    for (int sweep = 0; sweep < 20'000; ++sweep) {
      double change = 0;
      double sum = 0;
      const auto renew = [&](size_t i) {
        double in = 0;
        for (const auto& [from, rate] : into_[i]) in += shares_[from] * rate;
        const double now = in / out_[i];
        change = std::max(change, std::abs(now - shares_[i]));
        shares_[i] = now;
        sum += now;
      };
      // Up and down in turn: mass travels both ways in one sweep.
      if (sweep % 2 == 0)
        for (size_t i = 0; i < states_.size(); ++i) renew(i);
      else
        for (size_t i = states_.size(); i-- > 0;) renew(i);
      for (double& share : shares_) share /= sum;
      if (change < 1e-15) return;
    }
  }

  std::map<State, size_t> index_;
  std::vector<State> states_;
  std::vector<std::vector<std::pair<size_t, double>>> into_;
  std::vector<double> out_;
  std::vector<double> shares_;
};

}  // namespace paceline::models
