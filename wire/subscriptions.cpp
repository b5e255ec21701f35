#include "wire/subscriptions.h"

#include <algorithm>
#include <string>

#include "wire/codec.h"

namespace paceline::wire {

namespace {
constexpr size_t events_output_max = 256 * 1'024;  // above, no more events are written
constexpr size_t events_per_frame_max = 1'024;
}  // namespace

void Subscriptions::subscribe(const Subscribe& asked, const runtime::EventRing& ring, Bytes& out) {
  const uint64_t from = asked.from_sequence != 0 ? asked.from_sequence : ring.last() + 1;
  if (from > ring.last() + 1) {
    append(out,
           ErrorMessage{asked.tag, ErrorCode::subscription_invalid,
                        "event " + std::to_string(from) + " has not happened yet: the newest is " +
                            std::to_string(ring.last()),
                        false});
    return;
  }
  if (from < ring.first()) {
    append(out, TooOld{asked.tag, asked.desk, ring.first()});
    return;
  }
  unsubscribe(asked.desk);
  subscriptions_.push_back({asked.desk, from, asked.credit, asked.kinds});
  append(out, Done{asked.tag});
}

void Subscriptions::grant(const Credit& credit) {
  // A subscription that has just ended may still be given credit.
  for (Subscription& subscription : subscriptions_)
    if (subscription.desk == credit.desk)
      subscription.credit = std::min<uint64_t>(subscription.credit + credit.events, 0xffff'ffff);
}

void Subscriptions::unsubscribe(sched::DeskNumber desk) {
  std::erase_if(subscriptions_, [&](const Subscription& old) { return old.desk == desk; });
}

void Subscriptions::pump(std::span<const runtime::DeskRecord> desks, Bytes& out, size_t sent) {
  for (Subscription& subscription : subscriptions_)
    pump(subscription, desks[subscription.desk.value - 1U].events, out, sent);
  std::erase_if(subscriptions_, [](const Subscription& old) { return old.next == 0; });
}

void Subscriptions::pump(Subscription& subscription, const runtime::EventRing& ring, Bytes& out,
                         size_t sent) {
  std::vector<desk::Event> events;
  while (subscription.next <= ring.last()) {
    if (subscription.next < ring.first()) {
      append(out, TooOld{0, subscription.desk, ring.first()});
      subscription.next = 0;  // ended: too slow
      return;
    }
    if (subscription.credit == 0 || out.size() - sent > events_output_max) return;
    events.clear();
    subscription.next =
        ring.read(subscription.next, subscription.kinds,
                  std::min<uint64_t>(subscription.credit, events_per_frame_max), events);
    if (events.empty()) continue;
    subscription.credit -= events.size();
    append(out, Events{subscription.desk, events});
  }
}

}  // namespace paceline::wire
