#include "wire/why_codec.h"

namespace paceline::wire {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <class Table>
using Offset = flatbuffers::Offset<Table>;

Offset<schema::CandidateView> put_candidate(Builder& builder,
                                            const desk::CandidateView& candidate) {
  const auto agent = put_text(builder, candidate.agent);
  const auto hindrance = put_text(builder, candidate.hindrance);
  const auto detail = put_text(builder, candidate.detail);
  const auto state = put_text(builder, candidate.state);
  return schema::CreateCandidateView(builder, agent, hindrance, detail, candidate.rank,
                                     candidate.surplus, candidate.preferred, candidate.preferred_of,
                                     candidate.score, candidate.idle_since_us, candidate.used_milli,
                                     candidate.capacity_milli, state);
}

desk::CandidateView read_candidate(FieldReader& reader, const schema::CandidateView& table) {
  desk::CandidateView candidate;
  candidate.agent = reader.text(table.agent(), "candidate.agent");
  candidate.hindrance = reader.text(table.hindrance(), "candidate.hindrance");
  candidate.detail = reader.text(table.detail(), "candidate.detail");
  candidate.rank = table.rank();
  candidate.surplus = table.surplus();
  candidate.preferred = table.preferred();
  candidate.preferred_of = table.preferred_of();
  candidate.score = table.score();
  candidate.idle_since_us = table.idle_since_us();
  candidate.used_milli = table.used_milli();
  candidate.capacity_milli = table.capacity_milli();
  candidate.state = reader.text(table.state(), "candidate.state");
  return candidate;
}

Offset<schema::LineView> put_line(Builder& builder, const desk::LineView& line) {
  const auto queue = put_text(builder, line.queue);
  const auto need = put_text(builder, line.need);
  const auto work = put_text(builder, line.work);
  const auto language = put_text(builder, line.language);
  const auto confidentiality = put_text(builder, line.confidentiality);
  const auto head_external_id = put_text(builder, line.head_external_id);
  const auto hindrance = put_text(builder, line.hindrance);
  return schema::CreateLineView(builder, queue, line.step, need, work, language, confidentiality,
                                line.waiting, line.able, line.routable, line.free, line.head,
                                head_external_id, hindrance);
}

desk::LineView read_line(FieldReader& reader, const schema::LineView& table) {
  desk::LineView line;
  line.queue = reader.text(table.queue(), "line.queue");
  line.step = table.step();
  line.need = reader.text(table.need(), "line.need");
  line.work = reader.text(table.work(), "line.work");
  line.language = reader.text(table.language(), "line.language");
  line.confidentiality = reader.text(table.confidentiality(), "line.confidentiality");
  line.waiting = table.waiting();
  line.able = table.able();
  line.routable = table.routable();
  line.free = table.free();
  line.head = table.head();
  line.head_external_id = reader.text(table.head_external_id(), "line.head_external_id");
  line.hindrance = reader.text(table.hindrance(), "line.hindrance");
  return line;
}

Offset<schema::WhyTerm> put_term(Builder& builder, const desk::WhyTerm& term) {
  const auto term_name = put_text(builder, term.name);
  const auto text = put_text(builder, term.text);
  return schema::CreateWhyTerm(builder, term_name, static_cast<schema::WhyTermKind>(term.kind),
                               text, term.value);
}

desk::WhyTerm read_term(FieldReader& reader, const schema::WhyTerm& table) {
  desk::WhyTerm term;
  term.name = reader.text(table.name(), "term.name");
  term.kind = reader.enumerator(table.kind(), desk::WhyTerm::Kind::count, "term.kind");
  term.text = reader.text(table.text(), "term.text");
  term.value = table.value();
  return term;
}

}  // namespace

Offset<schema::OfferView> put(Builder& builder, const desk::OfferView& offer) {
  const auto external_id = put_text(builder, offer.external_id);
  const auto queue = put_text(builder, offer.queue);
  const auto agent = put_text(builder, offer.agent);
  return schema::CreateOfferView(builder, offer.offer, offer.ticket, external_id, queue, agent,
                                 offer.offered_at_us, offer.expires_at_us, offer.hand_over);
}

desk::OfferView read(FieldReader& reader, const schema::OfferView& table) {
  desk::OfferView offer;
  offer.offer = table.offer();
  offer.ticket = table.ticket();
  offer.external_id = reader.text(table.external_id(), "offer.external_id");
  offer.queue = reader.text(table.queue(), "offer.queue");
  offer.agent = reader.text(table.agent(), "offer.agent");
  offer.offered_at_us = table.offered_at_us();
  offer.expires_at_us = table.expires_at_us();
  offer.hand_over = table.hand_over();
  return offer;
}

Offset<schema::Why> put(Builder& builder, const desk::Why& why) {
  const auto subject = put_text(builder, why.subject);
  const auto sentence = put_text(builder, why.sentence);
  const auto terms = put_tables<schema::WhyTerm>(builder, why.terms, put_term);
  const auto candidates = put_tables<schema::CandidateView>(builder, why.candidates, put_candidate);
  const auto lines = put_tables<schema::LineView>(builder, why.lines, put_line);
  const auto remedies = put_texts(builder, why.remedies);
  return schema::CreateWhy(builder, subject, sentence, terms, candidates, why.candidates_left_out,
                           lines, why.lines_left_out, remedies);
}

desk::Why read(FieldReader& reader, const schema::Why& table) {
  desk::Why why;
  why.subject = reader.text(table.subject(), "why.subject");
  why.sentence = reader.text(table.sentence(), "why.sentence");
  reader.tables(table.terms(), "why.terms",
                [&](const schema::WhyTerm& term) { why.terms.push_back(read_term(reader, term)); });
  reader.tables(table.candidates(), "why.candidates", [&](const schema::CandidateView& candidate) {
    why.candidates.push_back(read_candidate(reader, candidate));
  });
  why.candidates_left_out = table.candidates_left_out();
  reader.tables(table.lines(), "why.lines", [&](const schema::LineView& line) {
    why.lines.push_back(read_line(reader, line));
  });
  why.lines_left_out = table.lines_left_out();
  why.remedies = reader.texts(table.remedies(), "why.remedies");
  return why;
}

}  // namespace paceline::wire
