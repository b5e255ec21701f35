#include "engine/config/zone_resolver.h"

#include <date/tz.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/config/posix_rule.h"
#include "engine/config/units.h"

namespace paceline::config {
namespace {

using sched::Instant;
using sched::Zone;

int32_t offset_at(const Zone& zone, Instant t) {
  const auto next = std::upper_bound(
      zone.transitions.begin(), zone.transitions.end(), t,
      [](Instant at, const sched::ZoneTransition& transition) { return at < transition.at; });
  return next == zone.transitions.begin() ? zone.first_offset_s : std::prev(next)->offset_s;
}

Instant at(std::string_view text) { return parse_instant(text).value(); }

/// The transitions of a POSIX rule in one year, as text.
std::string changes(std::string_view rule_text, int64_t year) {
  const auto rule = parse_posix_rule(rule_text);
  if (!rule) return "refused";
  std::string out;
  for (const auto& transition : rule->transitions(year))
    out += print(transition.at) + "=" + std::to_string(transition.offset_s) + " ";
  return out;
}

TEST(ZoneResolver, LondonChangesTwiceAYear) {
  const auto zone = resolve_zone("Europe/London");
  ASSERT_TRUE(zone.has_value()) << zone.error();
  EXPECT_EQ(zone->name, "Europe/London");
  EXPECT_EQ(offset_at(*zone, at("2026-03-29T00:59:59Z")), 0);
  EXPECT_EQ(offset_at(*zone, at("2026-03-29T01:00:00Z")), 3'600);
  EXPECT_EQ(offset_at(*zone, at("2026-10-25T01:00:00Z")), 0);
}

TEST(ZoneResolver, ExplicitTransitionsBefore1970BecomeTheFirstOffset) {
  const auto zone = resolve_zone("Europe/London");
  EXPECT_EQ(zone->first_offset_s, 3'600);  // British Standard Time, 1968 to 1971
  EXPECT_GT(zone->transitions.front().at, Instant{0});
}

TEST(ZoneResolver, TheFootersRuleReachesTo2100) {
  const auto zone = resolve_zone("Europe/London");
  EXPECT_EQ(print(zone->transitions.back().at), "2099-10-25T01:00:00Z");
  EXPECT_EQ(offset_at(*zone, at("2098-07-01T00:00:00Z")), 3'600);
}

TEST(ZoneResolver, CasablancaKeepsItsRamadans) {
  // Its footer is a constant: every change around Ramadan is in the file's own list.
  const auto zone = resolve_zone("Africa/Casablanca");
  ASSERT_TRUE(zone.has_value()) << zone.error();
  EXPECT_EQ(offset_at(*zone, at("2024-03-20T00:00:00Z")), 0);
  EXPECT_EQ(offset_at(*zone, at("2024-05-20T00:00:00Z")), 3'600);
}

TEST(ZoneResolver, TransitionsAscendAndChangeSomething) {
  for (const char* name : {"Europe/London", "America/New_York", "Australia/Lord_Howe",
                           "Africa/Casablanca", "Asia/Gaza", "Europe/Dublin", "Antarctica/Troll",
                           "Pacific/Apia", "America/Havana", "America/Nuuk"}) {
    const auto zone = resolve_zone(name);
    ASSERT_TRUE(zone.has_value()) << zone.error();
    EXPECT_FALSE(zone->tzdata_version.empty());
    Instant previous{0};
    int32_t offset_s = zone->first_offset_s;
    for (const auto& transition : zone->transitions) {
      EXPECT_GT(transition.at, previous) << name;
      EXPECT_NE(transition.offset_s, offset_s) << name;
      previous = transition.at;
      offset_s = transition.offset_s;
    }
  }
}

TEST(ZoneResolver, AgreesWithTheDateLibraryWhereTheFilesListReaches) {
  for (const char* name :
       {"Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
        "Asia/Gaza", "Europe/Dublin", "Antarctica/Troll", "Pacific/Apia", "America/Havana",
        "Asia/Kolkata", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo", "Asia/Tehran"}) {
    const auto zone = resolve_zone(name);
    ASSERT_TRUE(zone.has_value()) << zone.error();
    const date::time_zone* theirs = date::locate_zone(name);
    const auto expect_same = [&](Instant t) {
      const date::sys_seconds seconds{std::chrono::seconds(t.us / sched::second.us)};
      EXPECT_EQ(offset_at(*zone, t), theirs->get_info(seconds).offset.count())
          << name << " at " << print(t);
    };
    const Instant end = at("2037-01-01T00:00:00Z");
    for (const auto& transition : zone->transitions) {
      if (transition.at >= end) break;
      expect_same(transition.at - sched::second);
      expect_same(transition.at);
    }
    for (Instant t = at("1970-01-02T00:00:00Z"); t < end; t = t + sched::day * 9) expect_same(t);
  }
}

TEST(ZoneResolver, UtcNeedsNoFile) {
  const auto zone = resolve_zone("UTC", "/nonexistent");
  ASSERT_TRUE(zone.has_value());
  EXPECT_TRUE(zone->transitions.empty());
  EXPECT_EQ(zone->tzdata_version, "unknown");
}

TEST(ZoneResolver, UnknownZonesComeWithASuggestion) {
  EXPECT_EQ(resolve_zone("Europe/Londn").error(),
            "unknown zone \"Europe/Londn\": did you mean \"Europe/London\"?");
  EXPECT_EQ(resolve_zone("london").error(),
            "unknown zone \"london\": did you mean \"Europe/London\"?");
}

TEST(ZoneResolver, NamesThatLeaveTheFolderAreUnknown) {
  for (const char* name : {"", "../../../etc/passwd", "/etc/localtime", "Europe", "tzdata.zi",
                           "Europe/../Europe/London", "zone.tab"})
    EXPECT_FALSE(resolve_zone(name).has_value()) << name;
}

TEST(ZoneResolver, DamagedFilesAreRefused) {
  EXPECT_FALSE(read_tzif("").has_value());
  EXPECT_FALSE(read_tzif("TZif").has_value());
  EXPECT_FALSE(read_tzif(std::string(44, '\0')).has_value());
  std::string huge_counts = "TZif2" + std::string(15, '\0') + std::string(24, '\xff');
  EXPECT_FALSE(read_tzif(huge_counts).has_value());
}

TEST(PosixRule, WeeksOfMonths) {
  EXPECT_EQ(changes("GMT0BST,M3.5.0/1,M10.5.0", 2026),
            "2026-03-29T01:00:00Z=3600 2026-10-25T01:00:00Z=0 ");
  EXPECT_EQ(changes("EST5EDT,M3.2.0,M11.1.0", 2026),
            "2026-03-08T07:00:00Z=-14400 2026-11-01T06:00:00Z=-18000 ");
  EXPECT_EQ(changes("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", 2026),
            "2026-04-04T15:00:00Z=37800 2026-10-03T15:30:00Z=39600 ");
}

TEST(PosixRule, IrelandsWinterIsItsException) {
  EXPECT_EQ(changes("IST-1GMT0,M10.5.0,M3.5.0/1", 2026),
            "2026-03-29T01:00:00Z=3600 2026-10-25T01:00:00Z=0 ");
}

TEST(PosixRule, NegativeAndLongTimesOfDay) {
  EXPECT_EQ(changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026),
            "2026-03-29T01:00:00Z=-3600 2026-10-25T01:00:00Z=-7200 ");
  EXPECT_EQ(changes("EET-2EEST,M3.4.4/50,M10.4.4/50", 2026),
            "2026-03-28T00:00:00Z=10800 2026-10-23T23:00:00Z=7200 ");
}

TEST(PosixRule, DaysOfTheYear) {
  EXPECT_EQ(changes("A0B,J60/0,J365/0", 2024), "2024-03-01T00:00:00Z=3600 2024-12-30T23:00:00Z=0 ")
      << "J60 is 1 March, in leap years too";
  EXPECT_EQ(changes("A0B,59/0,364/0", 2024), "2024-02-29T00:00:00Z=3600 2024-12-29T23:00:00Z=0 ");
}

TEST(PosixRule, ConstantRulesHaveNoChanges) {
  EXPECT_EQ(changes("<+01>-1", 2026), "");
  EXPECT_EQ(parse_posix_rule("<+01>-1")->standard_s, 3'600);
}

TEST(PosixRule, MalformedRulesAreRefused) {
  for (const char* text : {"", "GMT", "0", "GMT0BST", "GMT0BST,M3.5.0", "GMT0BST,M13.1.0,M1.1.0",
                           "GMT0BST,M3.6.0,M10.5.0", "GMT0BST,M3.5.0/1,M10.5.0x", "GMT999"})
    EXPECT_FALSE(parse_posix_rule(text).has_value()) << text;
}

}  // namespace
}  // namespace paceline::config
