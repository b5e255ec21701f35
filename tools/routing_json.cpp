// Offers, and why a ticket, an agent or a queue is where it is, as JSON: tools/docs/EXPLAIN.md.
#include <nlohmann/json.hpp>

#include "tools/instants.h"
#include "tools/json_views.h"

namespace paceline::tools {

using nlohmann::ordered_json;

namespace {

ordered_json term_json(const desk::WhyTerm& term) {
  ordered_json json{{"name", term.name}};
  switch (term.kind) {
    case desk::WhyTerm::Kind::text:
      json["kind"] = "text";
      json["value"] = term.text;
      return json;
    case desk::WhyTerm::Kind::instant_us:
      json["kind"] = "instant";
      json["value"] = instant_json(term.value);
      break;
    case desk::WhyTerm::Kind::duration_us:
      json["kind"] = "duration_us";
      json["value"] = term.value;
      break;
    case desk::WhyTerm::Kind::count:
      json["kind"] = "count";
      json["value"] = term.value;
      break;
  }
  json["note"] = text_json(term.text);
  return json;
}

ordered_json candidate_json(const desk::CandidateView& candidate) {
  return {{"agent", candidate.agent},
          {"state", candidate.state},
          {"hindrance", text_json(candidate.hindrance)},
          {"detail", text_json(candidate.detail)},
          {"rank", candidate.rank},
          {"surplus", candidate.surplus},
          {"preferred", candidate.preferred},
          {"preferred_of", candidate.preferred_of},
          {"score", candidate.score},
          {"idle_since", instant_json(candidate.idle_since_us)},
          {"used_milli", candidate.used_milli},
          {"capacity_milli", candidate.capacity_milli}};
}

ordered_json line_json(const desk::LineView& line) {
  return {{"queue", line.queue},
          {"step", line.step},
          {"need", text_json(line.need)},
          {"work", text_json(line.work)},
          {"language", text_json(line.language)},
          {"confidentiality", text_json(line.confidentiality)},
          {"waiting", line.waiting},
          {"able", line.able},
          {"routable", line.routable},
          {"free", line.free},
          {"head", line.head == 0 ? ordered_json(nullptr) : ordered_json(line.head)},
          {"head_external_id", text_json(line.head_external_id)},
          {"hindrance", text_json(line.hindrance)}};
}

}  // namespace

ordered_json offer_json(const desk::OfferView& offer) {
  return {{"offer", offer.offer},
          {"ticket", offer.ticket},
          {"external_id", text_json(offer.external_id)},
          {"queue", offer.queue},
          {"agent", offer.agent},
          {"offered_at", instant_json(offer.offered_at_us)},
          {"expires_at", instant_json(offer.expires_at_us)},
          {"hand_over", offer.hand_over}};
}

ordered_json why_json(const desk::Why& why) {
  ordered_json json{{"subject", why.subject},
                    {"sentence", why.sentence},
                    {"terms", ordered_json::array()},
                    {"candidates", ordered_json::array()},
                    {"candidates_left_out", why.candidates_left_out},
                    {"lines", ordered_json::array()},
                    {"lines_left_out", why.lines_left_out},
                    {"remedies", why.remedies}};
  for (const desk::WhyTerm& term : why.terms) json["terms"].push_back(term_json(term));
  for (const desk::CandidateView& each : why.candidates)
    json["candidates"].push_back(candidate_json(each));
  for (const desk::LineView& line : why.lines) json["lines"].push_back(line_json(line));
  return json;
}

}  // namespace paceline::tools
