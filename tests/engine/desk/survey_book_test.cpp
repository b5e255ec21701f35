#include "engine/desk/survey_book.h"

#include <gtest/gtest.h>

#include <set>

#include "sched/base/time.h"

namespace paceline::desk::test {
namespace {

using sched::day;
using sched::hour;
using sched::minute;

SurveySettings both_questions() {
  SurveySettings settings;
  settings.questions = all_questions;
  return settings;
}

Survey survey(uint64_t ticket, uint64_t requester, int64_t sent_at_us) {
  Survey survey;
  survey.ticket = ticket;
  survey.requester = requester;
  survey.sent_at_us = sent_at_us;
  survey.expires_at_us = sent_at_us + (day * 7).us;
  survey.queue = 0;
  survey.questions = question_csat;
  return survey;
}

Rate score(int8_t given) {
  Rate rate;
  rate.score = given;
  return rate;
}

TEST(SurveyBook, TheLotIsTheSameForEverAndFallsOnTheShareAsked) {
  EXPECT_TRUE(SurveyBook::drawn(1, 0, 1'000));
  EXPECT_FALSE(SurveyBook::drawn(1, 0, 0));
  int drawn = 0;
  for (uint64_t ticket = 1; ticket <= 10'000; ++ticket) {
    drawn += SurveyBook::drawn(ticket, 0, 250) ? 1 : 0;
    // A larger share asks whom a smaller one does, and others.
    if (SurveyBook::drawn(ticket, 0, 250)) EXPECT_TRUE(SurveyBook::drawn(ticket, 0, 251));
  }
  EXPECT_NEAR(drawn, 2'500, 130);  // three standard deviations
  int again = 0;
  for (uint64_t cycle = 0; cycle < 10'000; ++cycle) {
    again += SurveyBook::drawn(7, cycle, 500) ? 1 : 0;
  }
  EXPECT_NEAR(again, 5'000, 150);  // each resolution of a ticket is drawn for itself
}

TEST(SurveyBook, ATokenStandsForOneSurveyOfOneDesk) {
  SurveyBook book(7, 100);
  SurveyBook other(8, 100);
  std::set<uint64_t> tokens;
  for (uint64_t number = 1; number <= 50; ++number) {
    EXPECT_EQ(book.send(survey(number, number, 0)), number);
    other.send(survey(number, number, 0));
    tokens.insert(book.token(number));
    tokens.insert(other.token(number));
    EXPECT_EQ(book.number_of(book.token(number)), number);
    EXPECT_EQ(book.number_of(other.token(number)), 0U);
  }
  EXPECT_EQ(tokens.size(), 100U);
  EXPECT_EQ(book.number_of(book.token(51)), 0U);  // not sent yet
  EXPECT_EQ(book.number_of(0), 0U);
}

TEST(SurveyBook, AnAnswerMayBeChangedForAnHourAfterTheFirst) {
  const SurveySettings settings = both_questions();
  SurveyBook book(1, 10);
  book.send(survey(5, 9, 0));
  EXPECT_EQ(book.refused(1, score(2), minute.us, settings), Reject::none);
  const auto first = book.answer(1, score(2), "slow", minute.us);
  EXPECT_FALSE(first.replaces);
  EXPECT_TRUE(first.first_low);
  EXPECT_EQ(book.refused(1, score(5), minute.us + hour.us, settings), Reject::none);
  const auto second = book.answer(1, score(1), "", minute.us + hour.us);
  EXPECT_TRUE(second.replaces);
  EXPECT_FALSE(second.first_low);  // told once
  EXPECT_EQ(book.find(1)->score, 1);
  EXPECT_EQ(book.find(1)->answered_at_us, minute.us);
  EXPECT_EQ(book.comment(1), "slow");  // not stated: as before
  // The hour is that of the first answer, to its last microsecond.
  EXPECT_EQ(book.refused(1, score(5), minute.us + hour.us + 1, settings), Reject::survey_answered);
}

TEST(SurveyBook, RunsOutToTheMicrosecond) {
  const SurveySettings settings = both_questions();
  SurveyBook book(1, 10);
  book.send(survey(5, 9, 0));
  EXPECT_EQ(book.refused(1, score(3), (day * 7).us - 1, settings), Reject::none);
  EXPECT_EQ(book.refused(1, score(3), (day * 7).us, settings), Reject::survey_expired);
  // One answered in time may be changed beyond.
  book.answer(1, score(3), "", (day * 7).us - 1);
  EXPECT_EQ(book.refused(1, score(4), (day * 7).us + minute.us, settings), Reject::none);
}

TEST(SurveyBook, AnswersOnlyWhatWasAsked) {
  const SurveySettings settings = both_questions();
  SurveyBook book(1, 10);
  book.send(survey(5, 9, 0));
  Rate recommend;
  recommend.recommend = 9;
  EXPECT_EQ(book.refused(1, recommend, 1, settings), Reject::question_not_asked);
  EXPECT_EQ(book.refused(2, score(3), 1, settings), Reject::survey_unknown);
  EXPECT_EQ(book.refused(0, score(3), 1, settings), Reject::survey_unknown);
}

TEST(SurveyBook, LeavesARequesterInPeaceForTheQuietPeriod) {
  SurveyBook book(1, 10);
  book.send(survey(5, 9, hour.us));
  EXPECT_TRUE(book.quiet(9, hour.us + (day * 14).us - 1, (day * 14).us));
  EXPECT_FALSE(book.quiet(9, hour.us + (day * 14).us, (day * 14).us));
  EXPECT_FALSE(book.quiet(8, hour.us, (day * 14).us));
}

TEST(SurveyBook, ForgetsWhatTheHistoryHasOnceTheQuietPeriodIsOver) {
  const SurveySettings settings = both_questions();
  SurveyBook book(1, 10);
  book.send(survey(5, 9, 0));
  book.send(survey(5, 9, 1));
  EXPECT_FALSE(book.ended(1, 0, settings));
  ASSERT_TRUE(book.ended(1, (day * 7).us, settings));
  book.tell();
  book.forget((day * 14).us - 1, settings);
  EXPECT_EQ(book.size(), 2U);
  EXPECT_EQ(book.refused(1, score(3), (day * 7).us, settings), Reject::survey_expired);
  book.forget((day * 14).us, settings);
  EXPECT_EQ(book.size(), 1U);  // the other is not told of yet
  EXPECT_EQ(book.find(1), nullptr);
  EXPECT_EQ(book.newest_of(5), 2U);
  EXPECT_EQ(book.refused(1, score(3), (day * 14).us, settings), Reject::survey_expired);
  book.tell();
  book.forget((day * 14).us + 1, settings);
  EXPECT_TRUE(book.empty());
  EXPECT_EQ(book.newest_of(5), 0U);
  EXPECT_EQ(book.send(survey(6, 9, (day * 15).us)), 3U);  // numbers are not used again
}

TEST(SurveyBook, HoldsNoMoreThanItMay) {
  SurveyBook book(1, 2);
  book.send(survey(1, 1, 0));
  EXPECT_FALSE(book.full());
  book.send(survey(2, 2, 0));
  EXPECT_TRUE(book.full());
}

}  // namespace
}  // namespace paceline::desk::test
