#include "sched/assignment.h"

#include <compare>
#include <optional>
#include <utility>

#include "sched/base/check.h"

namespace paceline::sched {

namespace {

/// Rows left without a column weigh more than any sum of costs.
struct Cost {
  int64_t missing = 0;
  int64_t sum = 0;
  friend constexpr auto operator<=>(const Cost&, const Cost&) = default;
  Cost& operator+=(const Cost& other) {
    missing += other.missing;
    sum += other.sum;
    return *this;
  }
  Cost& operator-=(const Cost& other) {
    missing -= other.missing;
    sum -= other.sum;
    return *this;
  }
  friend Cost operator+(Cost a, const Cost& b) { return a += b; }
  friend Cost operator-(Cost a, const Cost& b) { return a -= b; }
};

/// Every row has a place of its own besides the columns, where it stays unassigned: place
/// columns + row. So each row always finds one.
class Assignment {
 public:
  Assignment(std::span<const int64_t> costs, uint32_t rows, uint32_t columns)
      : costs_(costs),
        rows_(rows),
        columns_(columns),
        places_(columns + rows),
        row_price_(rows),
        place_price_(places_),
        row_at_(places_, unassigned),
        place_of_(rows, unassigned) {
    for (uint32_t row = 0; row < rows_; ++row) add(row);
    for (uint32_t row = 0; row < rows_; ++row) prefer_first(row);
  }

  std::vector<uint32_t> result() const {
    std::vector<uint32_t> result(place_of_);
    for (uint32_t& place : result) {
      if (place >= columns_) place = unassigned;
    }
    return result;
  }

 private:
  std::optional<Cost> cost(uint32_t row, uint32_t place) const {
    if (place >= columns_) {
      if (place - columns_ != row) return std::nullopt;
      return Cost{1, 0};
    }
    const int64_t sum = costs_[size_t{row} * columns_ + place];
    if (sum == no_pair) return std::nullopt;
    return Cost{0, sum};
  }
  bool tight(uint32_t row, uint32_t place) const {
    const auto at = cost(row, place);
    return at && *at == row_price_[row] + place_price_[place];
  }

  /// Gives the row a place along the cheapest alternating path, moving others if need be.
  void add(uint32_t added) {
    std::vector<std::optional<Cost>> reach(places_);  // of the places not yet on the tree
    std::vector<uint32_t> came_from(places_, unassigned);
    std::vector<uint8_t> on_tree(places_, 0);
    uint32_t row = added;
    uint32_t last = unassigned;  // place whose row is looked at; none: the added one
    for (;;) {
      uint32_t nearest = unassigned;
      for (uint32_t place = 0; place < places_; ++place) {
        if (on_tree[place] != 0) continue;
        if (const auto direct = cost(row, place)) {
          const Cost reduced = *direct - row_price_[row] - place_price_[place];
          if (!reach[place] || reduced < *reach[place]) {
            reach[place] = reduced;
            came_from[place] = last;
          }
        }
        if (reach[place] && (nearest == unassigned || *reach[place] < *reach[nearest])) {
          nearest = place;
        }
      }
      CHECK(nearest != unassigned);
      const Cost step = *reach[nearest];
      row_price_[added] += step;
      for (uint32_t place = 0; place < places_; ++place) {
        if (on_tree[place] != 0) {
          row_price_[row_at_[place]] += step;
          place_price_[place] -= step;
        } else if (reach[place]) {
          *reach[place] -= step;
        }
      }
      on_tree[nearest] = 1;
      last = nearest;
      if (row_at_[nearest] == unassigned) break;
      row = row_at_[nearest];
    }
    while (last != unassigned) {
      const uint32_t before = came_from[last];
      const uint32_t mover = before == unassigned ? added : row_at_[before];
      row_at_[last] = mover;
      place_of_[mover] = last;
      last = before;
    }
  }

  /// Moves the row to the first place it has in any cheapest assignment that leaves the rows before
  /// it where they are. In those every pair is tight, and a place with a price is taken: as if
  /// every place without a row had one that goes wherever there is no price.
  void prefer_first(uint32_t row) {
    const uint32_t left = place_of_[row];
    // Places whose rows can move on, each to `next`, until the last has gone to `left`.
    std::vector<uint32_t> next(places_, unassigned);
    std::vector<uint8_t> seen(places_, 0);
    std::vector<uint32_t> found{left};
    seen[left] = 1;
    const auto reach = [&](uint32_t place, uint32_t to) {
      if (seen[place] != 0) return;
      seen[place] = 1;
      next[place] = to;
      found.push_back(place);
    };
    bool vacant_found = false;
    for (size_t i = 0; i < found.size(); ++i) {
      const uint32_t to = found[i];
      for (uint32_t other = row + 1; other < rows_; ++other) {
        if (seen[place_of_[other]] == 0 && tight(other, to)) reach(place_of_[other], to);
      }
      if (vacant_found || place_price_[to] != Cost{}) continue;
      vacant_found = true;
      for (uint32_t place = 0; place < places_; ++place) {
        if (row_at_[place] == unassigned) reach(place, to);
      }
    }
    for (uint32_t first = 0; first < left; ++first) {
      if (seen[first] == 0 || !tight(row, first)) continue;
      uint32_t mover = row;
      for (uint32_t place = first;; place = next[place]) {
        const uint32_t displaced = std::exchange(row_at_[place], mover);
        if (mover != unassigned) place_of_[mover] = place;
        if (place == left) return;
        mover = displaced;
      }
    }
  }

  std::span<const int64_t> costs_;
  uint32_t rows_;
  uint32_t columns_;
  uint32_t places_;
  std::vector<Cost> row_price_;
  std::vector<Cost> place_price_;  // at most 0; 0 where nobody is
  std::vector<uint32_t> row_at_;
  std::vector<uint32_t> place_of_;
};

}  // namespace

std::vector<uint32_t> cheapest_assignment(std::span<const int64_t> costs, uint32_t rows,
                                          uint32_t columns) {
  CHECK(costs.size() == size_t{rows} * columns);
  return Assignment(costs, rows, columns).result();
}

std::vector<uint32_t> greedy_assignment(std::span<const int64_t> costs, uint32_t rows,
                                        uint32_t columns) {
  CHECK(costs.size() == size_t{rows} * columns);
  std::vector<uint32_t> result(rows, unassigned);
  std::vector<uint8_t> taken(columns, 0);
  for (uint32_t row = 0; row < rows; ++row) {
    const auto of_row = costs.subspan(size_t{row} * columns, columns);
    uint32_t best = unassigned;
    for (uint32_t column = 0; column < columns; ++column) {
      if (taken[column] != 0 || of_row[column] == no_pair) continue;
      if (best == unassigned || of_row[column] < of_row[best]) best = column;
    }
    if (best != unassigned) taken[best] = 1;
    result[row] = best;
  }
  return result;
}

}  // namespace paceline::sched
