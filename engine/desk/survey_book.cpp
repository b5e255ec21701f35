#include "engine/desk/survey_book.h"

#include <algorithm>

#include "sched/base/check.h"

namespace paceline::desk {

namespace {

constexpr uint32_t none = sched::HashIndex::none;
constexpr int desk_shift = 48;  // of the number in a token

/// What sched::mix() made `x` of.
constexpr uint64_t unmix(uint64_t x) {
  x = (x ^ (x >> 31) ^ (x >> 62)) * 0x3196'42b2'd24d'8ec3ULL;
  x = (x ^ (x >> 27) ^ (x >> 54)) * 0x96de'1b17'3f11'9089ULL;
  return x ^ (x >> 30) ^ (x >> 60);
}
static_assert(unmix(sched::mix(0x0123'4567'89ab'cdefULL)) == 0x0123'4567'89ab'cdefULL);
static_assert(unmix(sched::mix(1)) == 1);

/// Further apart than tokens, which are mixed once.
uint64_t key_of(uint64_t identity) { return sched::mix(sched::mix(identity)); }

}  // namespace

bool SurveyBook::drawn(uint64_t ticket, uint64_t cycle, uint32_t sampling_milli) {
  return sched::mix(key_of(ticket) + cycle) % 1'000 < sampling_milli;
}

bool SurveyBook::quiet(uint64_t requester, int64_t now_us, int64_t quiet_us) const {
  const uint32_t slot = slot_of_requester(requester);
  return slot != none && now_us < at(number_at(slot)).sent_at_us + quiet_us;
}

uint64_t SurveyBook::send(const Survey& survey) {
  CHECK(!full());
  surveys_.push_back(survey);
  index(last());
  return last();
}

/// The survey is the newest of its ticket and of its requester.
void SurveyBook::index(uint64_t number) {
  const Survey& survey = at(number);
  const uint64_t of_ticket = key_of(survey.ticket);
  const uint64_t of_requester = key_of(survey.requester);
  if (const uint32_t older = slot_of_ticket(survey.ticket); older != none) {
    by_ticket_.erase(of_ticket, older);
  }
  by_ticket_.insert(of_ticket, slot_of(number));
  if (const uint32_t older = slot_of_requester(survey.requester); older != none) {
    by_requester_.erase(of_requester, older);
  }
  by_requester_.insert(of_requester, slot_of(number));
}

uint32_t SurveyBook::slot_of_ticket(uint64_t ticket) const {
  return by_ticket_.find(key_of(ticket),
                         [&](uint32_t slot) { return at(number_at(slot)).ticket == ticket; });
}

uint32_t SurveyBook::slot_of_requester(uint64_t requester) const {
  return by_requester_.find(
      key_of(requester), [&](uint32_t slot) { return at(number_at(slot)).requester == requester; });
}

uint64_t SurveyBook::token(uint64_t number) const {
  return sched::mix(uint64_t{desk_} << desk_shift | number);
}

uint64_t SurveyBook::number_of(uint64_t token) const {
  const uint64_t plain = unmix(token);
  const uint64_t number = plain & ((uint64_t{1} << desk_shift) - 1);
  return plain >> desk_shift == desk_ && number <= last() ? number : 0;
}

uint64_t SurveyBook::newest_of(uint64_t ticket) const {
  const uint32_t slot = slot_of_ticket(ticket);
  return slot == none ? 0 : number_at(slot);
}

const Survey* SurveyBook::find(uint64_t number) const {
  return number >= first_ && number <= last() ? &at(number) : nullptr;
}

std::string_view SurveyBook::comment(uint64_t number) const {
  const auto known = comments_.find(number);
  return known == comments_.end() ? std::string_view() : std::string_view(known->second);
}

Reject SurveyBook::refused(uint64_t number, const Rate& rate, int64_t now_us,
                           const SurveySettings& settings) const {
  if (number == 0 || number > last()) return Reject::survey_unknown;
  if (number < first_) return Reject::survey_expired;
  const Survey& survey = at(number);
  const bool over = number < told_ || ended(number, now_us, settings);
  if (over) return survey.answered_at_us != 0 ? Reject::survey_answered : Reject::survey_expired;
  const bool asked = (rate.score == Rate::not_stated || (survey.questions & question_csat) != 0) &&
                     (rate.recommend == Rate::not_stated || (survey.questions & question_nps) != 0);
  return asked ? Reject::none : Reject::question_not_asked;
}

SurveyBook::Answered SurveyBook::answer(uint64_t number, const Rate& rate, std::string_view comment,
                                        int64_t now_us) {
  CHECK(number >= told_ && number <= last());
  Survey& survey = surveys_[number - first_];
  Answered answered;
  answered.replaces = survey.answered_at_us != 0;
  if (!answered.replaces) survey.answered_at_us = now_us;
  survey.changed_at_us = now_us;
  if (rate.score != Rate::not_stated) survey.score = rate.score;
  if (rate.recommend != Rate::not_stated) survey.recommend = rate.recommend;
  if (!comment.empty()) comments_[number] = comment;
  const bool low = rate.score != Rate::not_stated && rate.score <= low_score_max;
  answered.first_low = low && survey.low == 0;
  if (low) survey.low = 1;
  return answered;
}

bool SurveyBook::ended(uint64_t number, int64_t now_us, const SurveySettings& settings) const {
  const Survey& survey = at(number);
  if (survey.answered_at_us == 0) return now_us >= survey.expires_at_us;
  const int64_t within_us = settings.change_within_us;
  return within_us == 0 || now_us > survey.answered_at_us + within_us;
}

void SurveyBook::tell() {
  CHECK(told_ <= last());
  comments_.erase(told_++);
}

void SurveyBook::forget(int64_t now_us, const SurveySettings& settings) {
  while (first_ < told_ && now_us >= surveys_.front().sent_at_us + settings.quiet_us) {
    const Survey& oldest = surveys_.front();
    if (slot_of_ticket(oldest.ticket) == slot_of(first_)) {
      by_ticket_.erase(key_of(oldest.ticket), slot_of(first_));
    }
    if (slot_of_requester(oldest.requester) == slot_of(first_)) {
      by_requester_.erase(key_of(oldest.requester), slot_of(first_));
    }
    surveys_.pop_front();
    ++first_;
  }
}

void SurveyBook::persist(sched::Archive& archive) {
  archive.part("surveys", 1, sizeof(Survey));
  archive.fields(first_, told_, surveys_, comments_);
  if (!archive.loading() || archive.failed()) return;
  const bool whole = first_ != 0 && first_ <= told_ && surveys_.size() <= slot_mask &&
                     first_ < (uint64_t{1} << desk_shift) && told_ <= first_ + surveys_.size();
  if (!archive.require(whole, "surveys do not add up")) return;
  by_ticket_ = sched::HashIndex();
  by_requester_ = sched::HashIndex();
  for (uint64_t number = first_; number <= last(); ++number) index(number);
}

void SurveyBook::check(sched::Archive& archive, uint32_t queue_count, uint32_t agent_count) const {
  const bool lead_somewhere =
      std::all_of(surveys_.begin(), surveys_.end(), [&](const Survey& survey) {
        return survey.queue < queue_count && (survey.agent < agent_count || survey.agent == none);
      });
  const bool commented = std::all_of(comments_.begin(), comments_.end(), [&](const auto& comment) {
    return comment.first >= told_ && comment.first <= last() &&
           comment.second.size() <= comment_size_max;
  });
  archive.require(lead_somewhere, "a survey's queue or agent does not exist");
  archive.require(commented, "a comment belongs to no survey");
}

void SurveyBook::add_to(sched::Digest& digest) const {
  if (last() == 0) return;
  digest.add(first_);
  digest.add(told_);
  for (const Survey& survey : surveys_) {
    for (const uint64_t word : {survey.ticket, survey.requester}) digest.add(word);
    for (const int64_t instant :
         {survey.sent_at_us, survey.expires_at_us, survey.answered_at_us, survey.changed_at_us}) {
      digest.add(instant);
    }
    digest.add(uint64_t{survey.queue} << 32 | survey.agent);
    digest.add(uint64_t{survey.questions} << 24 |
               uint64_t{static_cast<uint8_t>(survey.score)} << 16 |
               uint64_t{static_cast<uint8_t>(survey.recommend)} << 8 | survey.low);
  }
  for (const auto& [number, comment] : comments_) {
    digest.add(number);
    digest.add_text(comment);
  }
}

}  // namespace paceline::desk
