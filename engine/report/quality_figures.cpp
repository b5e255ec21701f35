// Whether it was solved: at once, by the first, for good.
#include <algorithm>
#include <array>

#include "engine/report/question.h"

namespace paceline::report {

namespace {

constexpr const char* first_contact_text =
    "no escalation, no other group, no requester follow-up, not reopened, live contacts resolved "
    "in the session and others within 1 business hour (--first-contact-within), the requester not "
    "back within 5 working days (--repeat-days)";

Figure first_contact_figure(const Question& question, const Cohort& resolved, bool net) {
  std::array<int64_t, std::size(first_contact_names)> verdicts{};
  uint64_t eligible = 0;
  uint64_t provisional = 0;
  Cohort left = {.in = {}, .excluded = resolved.excluded};
  for (const Case* ticket : resolved.in) {
    if (net) {
      const Word first = question.book->first_queue(*ticket);
      if (first == Words::nothing) {
        left.leave_out("path_unknown");
        continue;
      }
      if (question.book->tier_of(first) != 1) {
        left.leave_out("not_for_level_1");
        continue;
      }
    }
    ++eligible;
    ++verdicts[static_cast<size_t>(first_contact(question, *ticket))];
    const int64_t sure_us =
        question.book->working_days_after(ticket->resolved_at_us, question.inputs.repeat_days);
    provisional += sure_us > question.book->now_us() ? 1 : 0;
  }
  Figure figure = share_figure(
      net ? "fcr_net" : "fcr_gross",
      net ? "First contact resolution (net)" : "First contact resolution (gross)",
      std::string("N(resolved at first contact) / N(resolved") +
          (net ? ", first queue of level 1)" : ")") + "; first contact: " + first_contact_text,
      static_cast<uint64_t>(verdicts[0]), eligible);
  figure.version = 3;  // 2: working days of the desk's calendar
  figure.excluded = left.excluded;
  for (size_t i = 1; i < verdicts.size(); ++i) {
    if (verdicts[i] != 0) figure.parts.emplace_back(first_contact_names[i], verdicts[i]);
  }
  if (provisional != 0)
    figure.note = std::to_string(provisional) + " may still be reopened or come again in time";
  return figure;
}

Figure reopen_figure(const Question& question) {
  uint64_t cohort = 0;
  uint64_t reopened = 0;
  Cohort left;
  for (const Case* ticket : question.cases) {
    bool counts = false;
    bool again = false;
    for (const Resolution& resolution : ticket->resolutions) {
      if (!question.period.holds(resolution.at_us)) continue;
      counts = true;
      again = again ||
              (resolution.reopened_at_us != 0 &&
               resolution.reopened_at_us <= question.book->working_days_after(
                                                resolution.at_us, question.inputs.repeat_days));
    }
    if (!counts) continue;
    if (ticket->exclusion != Exclusion::none) {
      left.leave_out(exclusion_names[static_cast<size_t>(ticket->exclusion)]);
      continue;
    }
    ++cohort;
    reopened += again ? 1 : 0;
  }
  Figure figure = share_figure(
      "reopen_rate", "Reopen rate",
      "N(resolved in the period and reopened within 5 working days of it (--repeat-days)) / "
      "N(resolved in the period, open again or not)",
      reopened, cohort);
  figure.version = 2;  // 2: working days of the desk's calendar
  figure.excluded = left.excluded;
  return figure;
}

Figure transfer_figure(const Question& question, const Cohort& resolved) {
  Cohort left = {.in = {}, .excluded = resolved.excluded};
  uint64_t known = 0;
  uint64_t first = 0;
  for (const Case* ticket : resolved.in) {
    const Word queue = question.book->first_queue(*ticket);
    if (queue == Words::nothing) {
      left.leave_out("path_unknown");
      continue;
    }
    ++known;
    first += question.book->group_of(queue) == ticket->group ? 1 : 0;
  }
  Figure figure =
      share_figure("transfer_accuracy", "Transfer accuracy",
                   "N(resolved by the first group that had it) / N(resolved)", first, known);
  figure.version = 2;
  figure.excluded = left.excluded;
  return figure;
}

}  // namespace

std::vector<Figure> quality_figures(const Question& question) {
  std::vector<Figure> all;
  const Question of_first = question.of_first();
  const Cohort resolved = of_first.resolved();
  const Cohort ended = of_first.ended();
  const auto count = [](const Cohort& cohort, auto&& holds) {
    return static_cast<uint64_t>(std::count_if(cohort.in.begin(), cohort.in.end(),
                                               [&](const Case* ticket) { return holds(*ticket); }));
  };
  const auto add = [&](Figure figure, const Cohort& cohort, uint32_t version) {
    figure.version = version;
    figure.excluded = cohort.excluded;
    all.push_back(std::move(figure));
  };
  // From version 2 (of first contact 3) on, apart for queues, groups and tiers, where it came
  // first.
  all.push_back(first_contact_figure(of_first, resolved, true));
  all.push_back(first_contact_figure(of_first, resolved, false));
  add(share_figure(
          "flr", "First level resolution", "N(resolved in a queue of tier 1) / N(resolved)",
          count(resolved, [](const Case& ticket) { return ticket.tier <= 1; }), resolved.in.size()),
      resolved, 2);
  all.push_back(reopen_figure(question));

  Cohort incidents = {.in = {}, .excluded = ended.excluded};
  for (const Case* ticket : ended.in) {
    if (ticket->kind == 0)
      incidents.in.push_back(ticket);
    else
      incidents.leave_out("no_incident");
  }
  const uint64_t escalated =
      count(incidents, [](const Case& ticket) { return ticket.escalations != 0; });
  add(share_figure("escalation_rate", "Escalation rate (functional)",
                   "N(incidents escalated to another tier at least once) / N(incidents ended)",
                   escalated, incidents.in.size()),
      incidents, 2);
  add(share_figure(
          "hierarchical_escalation_rate", "Escalation rate (hierarchical)",
          "N(incidents for which a rung of a clock's ladder acted) / N(incidents ended)",
          count(incidents,
                [](const Case& ticket) { return (ticket.marks & desk::mark_escalated_up) != 0; }),
          incidents.in.size()),
      incidents, 2);
  add(share_figure(
          "bounce_rate", "Bounce rate",
          "N(escalated incidents that came back) / N(escalated incidents)",
          count(incidents,
                [](const Case& ticket) { return ticket.escalations != 0 && ticket.bounces != 0; }),
          escalated),
      incidents, 2);
  int64_t hops = 0;
  for (const Case* ticket : ended.in) hops += ticket->hops;
  Figure mean_hops = number_figure("hops", "Hops", "changes of queue, triage apart / N(ended)", {});
  mean_hops.numerator = hops;
  mean_hops.denominator = static_cast<int64_t>(ended.in.size());
  if (!ended.in.empty())
    mean_hops.value = static_cast<double>(hops) / static_cast<double>(ended.in.size());
  add(std::move(mean_hops), ended, 2);
  all.push_back(transfer_figure(of_first, resolved));
  const Cohort recorded = question.recorded(Exclusion::duplicate);
  add(share_figure(
          "duplicate_rate", "Duplicate rate", "N(recorded and merged into another) / N(recorded)",
          count(recorded,
                [](const Case& ticket) { return ticket.exclusion == Exclusion::duplicate; }),
          recorded.in.size()),
      recorded, 1);
  return all;
}

std::vector<Figure> article_figures(const Question& question) {
  uint64_t resolves = 0, citing = 0, held = 0, provisional = 0;
  Cohort left;
  for (const Case* ticket : question.cases) {
    for (const Resolution& resolution : ticket->resolutions) {
      if (!question.period.holds(resolution.at_us)) continue;
      if (ticket->exclusion != Exclusion::none) {
        left.leave_out(exclusion_names[static_cast<size_t>(ticket->exclusion)]);
        continue;
      }
      ++resolves;
      if (resolution.article == Words::nothing) continue;
      ++citing;
      const int64_t sure_us =
          question.book->working_days_after(resolution.at_us, question.inputs.repeat_days);
      const bool reopened = resolution.reopened_at_us != 0 && resolution.reopened_at_us <= sure_us;
      held += reopened ? 0 : 1;
      provisional += !reopened && sure_us > question.book->now_us() ? 1 : 0;
    }
  }
  Figure use = share_figure("kb_use", "Knowledge base use",
                            "resolves in the period that cite an article / resolves in the period",
                            citing, resolves);
  Figure success = share_figure(
      "article_success", "Article success",
      "resolves that cite an article and were not reopened within 5 working days (--repeat-days) / "
      "resolves that cite an article",
      held, citing);
  use.excluded = success.excluded = left.excluded;
  if (provisional != 0)
    success.note = std::to_string(provisional) + " may still be reopened in time";
  return {std::move(use), std::move(success)};
}

}  // namespace paceline::report
