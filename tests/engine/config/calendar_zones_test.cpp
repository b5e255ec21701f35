// Random calendars, exceptions and algebra included, in zones of every oddity and years 1990 to
// 2040, against the model that walks the minutes. Both sides get the same transitions, those of the
// system's tzdata, so the test does not move with its release.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "engine/config/zone_resolver.h"
#include "sched/calendar.h"
#include "sched/local_time.h"
#include "tests/models/calendar_model.h"
#include "tests/support/random_calendar.h"

namespace paceline::config {
namespace {

using sched::BusinessDuration;
using sched::Calendar;
using sched::CalendarSpec;
using sched::Instant;

constexpr const char* zones[] = {
    "Africa/Cairo",
    "Africa/Casablanca",
    "Africa/Johannesburg",
    "Africa/Juba",
    "Africa/Sao_Tome",
    "America/Anchorage",
    "America/Caracas",
    "America/Chicago",
    "America/Godthab",
    "America/Havana",
    "America/New_York",
    "America/Phoenix",
    "America/Port-au-Prince",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Casey",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Dhaka",
    "Asia/Gaza",
    "Asia/Hong_Kong",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Pyongyang",
    "Asia/Tehran",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Eucla",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/London",
    "Europe/Moscow",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Fiji",
    "Pacific/Kiritimati",
    "Pacific/Kwajalein",
    "Pacific/Norfolk",
    "Pacific/Tongatapu",
    "UTC",
};

sched::Zone zone(const std::string& name) {
  static std::map<std::string, sched::Zone> known;
  const auto found = known.find(name);
  if (found != known.end()) return found->second;
  auto resolved = resolve_zone(name);
  CHECK(resolved.has_value());
  return known.emplace(name, *resolved).first->second;
}

/// One in eight near a year in which a zone did something rare; any of 1990 … 2039 else.
int16_t some_year(std::mt19937_64& random, const std::string& name) {
  static const std::map<std::string, int16_t> rare = {
      {"Pacific/Apia", 2011},      {"Pacific/Kwajalein", 1993}, {"Pacific/Kiritimati", 1994},
      {"America/Caracas", 2016},   {"Asia/Pyongyang", 2015},    {"Europe/Volgograd", 2020},
      {"Asia/Manila", 1990},       {"Europe/Moscow", 2011},     {"Africa/Casablanca", 2030},
      {"America/Sao_Paulo", 2018}, {"Antarctica/Casey", 2010},  {"Africa/Juba", 2021}};
  const auto found = rare.find(name);
  if (found != rare.end() && random() % 2 == 0) return found->second;
  return static_cast<int16_t>(1990 + random() % 50);
}

Instant new_year(int16_t year) { return {sched::days_from_civil(year, 1, 1) * sched::day.us}; }

void compare(const CalendarSpec& spec, int16_t year, std::mt19937_64& random) {
  const auto compiled = Calendar::compile(spec);
  if (!compiled) {
    ASSERT_EQ(compiled.error(), sched::CalendarError::no_open_time);
    return;
  }
  const Calendar& calendar = *compiled;
  const Instant from = new_year(year);
  const Instant to = from + sched::day * 130;
  const tests::CalendarModel model(spec, from, to);
  for (int64_t m = from.us / sched::minute.us; m < to.us / sched::minute.us; ++m)
    ASSERT_EQ(calendar.open_at({m * sched::minute.us}), model.open_at_minute(m)) << "minute " << m;

  const auto some_instant = [&] {
    const auto offset = static_cast<int64_t>(random() % static_cast<uint64_t>((to - from).us));
    return Instant{from.us + offset - (random() % 2 == 0 ? offset % sched::minute.us : 0)};
  };
  for (int i = 0; i < 25; ++i) {
    Instant a = some_instant();
    Instant b = some_instant();
    if (b < a) std::swap(a, b);
    ASSERT_EQ(calendar.between(a, b).us, model.between_us(a.us, b.us)) << a.us << ' ' << b.us;
    ASSERT_EQ(calendar.between(a, b + sched::day),
              calendar.between(a, b) + calendar.between(b, b + sched::day));
    ASSERT_LE(calendar.between(a, b).us, (b - a).us);

    const BusinessDuration d{static_cast<int64_t>(random() % (80 * sched::hour.us)) + 1};
    const Instant due = calendar.add(a, d);
    const int64_t expected_us = model.add_us(a.us, d.us);
    if (expected_us >= 0) {
      ASSERT_EQ(due.us, expected_us) << a.us << " + " << d.us;
    }
    if (due != sched::never) {
      ASSERT_EQ(calendar.between(a, due), d);
    }
    ASSERT_LE(due, calendar.add(a, d + BusinessDuration{1}));
    ASSERT_LE(due, calendar.add(a + sched::microsecond, d));

    const Instant open = calendar.next_open(a);
    if (open != sched::never) {
      ASSERT_TRUE(calendar.open_at(open));
      ASSERT_EQ(calendar.between(a, open).us, 0);
      const Instant close = calendar.next_close(a);
      ASSERT_FALSE(calendar.open_at(close));
      ASSERT_EQ(calendar.between(open, close).us, (close - open).us);
    }
    if (spec.algebra != sched::Algebra::none) continue;
    const auto n = static_cast<uint32_t>(1 + random() % 12);
    const auto cut_off_s = static_cast<uint32_t>(random() % 1'441 * 60);
    const int64_t end_us = model.end_of_business_day_us(a.us, n, cut_off_s);
    if (end_us >= 0) {
      ASSERT_EQ(calendar.end_of_business_day(a, n, cut_off_s).us, end_us)
          << a.us << ", day " << n << ", cut-off " << cut_off_s;
    }
  }
}

class CalendarsOfTheWorld : public testing::TestWithParam<uint64_t> {};

TEST_P(CalendarsOfTheWorld, AgreeWithTheWalkFromMinuteToMinute) {
  std::mt19937_64 random(GetParam());
  for (const char* name : zones) {
    const int16_t year = some_year(random, name);
    SCOPED_TRACE(std::string(name) + ", year " + std::to_string(year) + ", seed " +
                 std::to_string(GetParam()));
    const bool crosses = random() % 2 == 0;  // about the turn of the year
    compare(tests::RandomCalendar(random).days(zone(name), year),
            static_cast<int16_t>(crosses ? year + 1 : year), random);
    if (HasFatalFailure()) return;
  }
}

TEST_P(CalendarsOfTheWorld, AlgebraAgreesMinuteByMinute) {
  std::mt19937_64 random(GetParam() + 1'000);
  for (int i = 0; i < 12; ++i) {
    const auto year = static_cast<int16_t>(1990 + random() % 50);
    SCOPED_TRACE("case " + std::to_string(i) + ", year " + std::to_string(year) + ", seed " +
                 std::to_string(GetParam()));
    const auto some_zone = [&] { return zone(zones[random() % std::size(zones)]); };
    compare(tests::RandomCalendar(random).algebra(some_zone, year), year, random);
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, CalendarsOfTheWorld, testing::Range<uint64_t>(1, 4));

}  // namespace
}  // namespace paceline::config
