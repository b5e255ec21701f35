// Expected<T, E>: a value or the reason there is none. std::expected's shape until C++23.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "sched/base/check.h"

namespace paceline::sched {

template <class E>
struct Unexpected {
  E error;
};
template <class E>
Unexpected(E) -> Unexpected<E>;

template <class T, class E>
class [[nodiscard]] Expected {
 public:
  using value_type = T;
  using error_type = E;

  Expected(T value) : value_(std::in_place_index<0>, std::move(value)) {}
  Expected(Unexpected<E> unexpected)
      : value_(std::in_place_index<1>, std::move(unexpected.error)) {}

  bool has_value() const { return value_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & {
    CHECK(has_value());
    return *std::get_if<0>(&value_);
  }
  const T& value() const& {
    CHECK(has_value());
    return *std::get_if<0>(&value_);
  }
  /// By value, so that a loop over a temporary's value does not dangle.
  T value() && {
    CHECK(has_value());
    return std::move(*std::get_if<0>(&value_));
  }
  const E& error() const {
    CHECK(!has_value());
    return *std::get_if<1>(&value_);
  }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  std::variant<T, E> value_;
};

/// Expected<void, E>: done, or the reason it was not.
template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Expected() = default;
  Expected(Unexpected<E> unexpected) : error_(std::move(unexpected.error)), failed_(true) {}

  bool has_value() const { return !failed_; }
  explicit operator bool() const { return has_value(); }
  const E& error() const {
    CHECK(failed_);
    return error_;
  }

 private:
  E error_{};
  bool failed_ = false;
};

}  // namespace paceline::sched
