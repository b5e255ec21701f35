// Writes seeds for the fuzzers into FOLDER/{frame,codec,desk}_fuzz: one good example of each
// message, from which mutation gets further than from nothing.
//
//   seed_corpus FOLDER
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "wire/answer_codec.h"
#include "wire/codec.h"
#include "wire/command_writer.h"
#include "wire/config_codec.h"
#include "wire/messages.h"

namespace {

using namespace paceline;
using namespace paceline::wire;

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// A whole frame: a seed for the reader, and its payload one for the codec.
  void add(const std::string& seed, std::span<const std::byte> frame) {
    const auto kind = static_cast<uint8_t>(frame[4]);
    const char client = kind < 64 ? 1 : 0;
    write("frame_fuzz", seed, std::string{client, '\x10'} + text_of(frame));
    write("codec_fuzz", seed,
          std::string(1, static_cast<char>(kind)) + text_of(frame.subspan(frame_header_size)));
  }
  template <class Message>
  void add_message(const std::string& seed, const Message& message) {
    Bytes bytes;
    append(bytes, message);
    add(seed, bytes);
  }

  void write(const std::string& fuzzer, const std::string& seed, const std::string& content) {
    std::filesystem::create_directories(folder_ / fuzzer);
    std::ofstream file(folder_ / fuzzer / seed, std::ios::binary);
    file << content;
    failed_ = failed_ || !file.flush();
  }

  static std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  bool failed() const { return failed_; }

 private:
  std::filesystem::path folder_;
  bool failed_ = false;
};

/// One step of desk_fuzz's input.
std::string step(uint16_t pass_ms, CommandWriter& writer) {
  const auto frame = writer.finish({1}, 1);
  const auto payload = Corpus::text_of(frame->subspan(frame_header_size));
  const auto size = static_cast<uint16_t>(payload.size());
  std::string bytes;
  for (const unsigned value : {unsigned{pass_ms}, unsigned{size}}) {
    bytes += static_cast<char>(value & 0xff);
    bytes += static_cast<char>(value >> 8);
  }
  writer.clear();
  return bytes + payload;
}

desk::Configuration small_configuration() {
  desk::Configuration configuration;
  desk::PolicyDefinition policy;
  policy.name = "P1";
  policy.target.us = sched::hour.us;
  policy.rungs.resize(2);
  policy.rungs[0].share_bp = 5'000;
  policy.rungs[1].before_us = sched::minute.us;
  policy.rungs[1].notify = {"lead"};
  policy.rungs[1].action = desk::RungAction::raise_priority;
  policy.rungs[1].repeat_us = sched::minute.us;
  policy.pause_stated = true;
  policy.pause = {"awaiting_requester"};
  desk::PolicyDefinition stage = policy;
  stage.name = "stage";
  stage.clock = desk::ClockKind::stage;
  stage.label = "approval";
  stage.start = "stage == approval";
  stage.stop = "stage != approval";
  stage.target.kind = desk::TargetKind::promised;
  configuration.policies = {policy, stage};
  configuration.settings.pending = {
      {"awaiting_requester", {sched::hour.us, 0}, {sched::minute.us, 0}, 2}};
  desk::QueueDefinition queue;
  queue.name = "q";
  queue.group = "g";
  desk::QueueDefinition second = queue;
  second.name = "q2";
  queue.steps = {{"s >= 4", sched::minute.us, 0}, {"s >= 1", 0, 0}};
  queue.preferred = {{"s >= 3", 2}};
  queue.overflows = {{sched::hour.us, 0, false, "q2"}};
  queue.sticky.by = desk::StickyBy::requester;
  queue.auto_accept = false;
  queue.fan_out = 2;
  queue.wrap_up_max_us = sched::minute.us;
  queue.escalate_to = "q2";
  queue.checklist = {"symptoms"};
  queue.checklist_required = false;
  configuration.queues = {queue, second};
  desk::AgentDefinition ann;
  ann.name = "ann";
  ann.groups = {"g"};
  ann.skills = {{"s", 2}};
  ann.capacity_milli = 2'000;
  ann.languages = {"de"};
  ann.clearances = {"hr"};
  configuration.agents = {ann};
  desk::RouteRule route;
  route.name = "all";
  route.queue = "q";
  route.min_confidence = 50;
  configuration.routes = {route};
  configuration.settings.work = {{"chat", -1, -1, 330, 3, false, true}};
  configuration.settings.away_codes = {{"lunch", true, false}};
  return configuration;
}

void fill_routing(CommandWriter& writer) {
  writer.open({.external_id = "D", .language = "de", .queue = "q", .confidence = 50});
  writer.accept(1, "ann");
  writer.decline(1, "lunch");
  writer.withdraw({.external_id = "D"});
  writer.set_agent_state({.agent = "ann", .step = desk::AgentStep::away, .code = "lunch"});
  writer.set_agent_state({.agent = "ann", .step = desk::AgentStep::lost});
  writer.set_agent_state({.agent = "ann"});
  writer.next("ann");
  writer.escalate({.to = {.external_id = "D"}, .reason = "vpn", .checklist = "symptoms"});
  writer.bounce({.external_id = "D"}, "not ours");
  writer.hand_over({.external_id = "D"}, "ann", "note");
  writer.reassign({.where = "priority == P3", .queue = "q", .reason = "ill"});
  writer.switch_route("all", false);
  writer.hold_queue("q", true);
  writer.hold_queue("q", false);
  writer.score({.external_id = "D"}, "ann", -3);
  writer.reconcile("ann", "281474976710657");
  writer.rate({.to = {.external_id = "D"}, .score = 2, .recommend = 10, .comment = "slow"});
}

void fill(CommandWriter& writer) {
  writer.define_queue({.name = "q", .group = "g", .need = "s >= 1"});
  writer.define_agent({.name = "ann", .groups = "g", .skills = "s:2"});
  writer.log_in("ann");
  writer.open({.external_id = "A", .category = "c", .body = "é", .queue = "q"});
  writer.open({.external_id = "B", .impact = sched::Impact::high});
  writer.update({.to = {.external_id = "A"}, .fields = bit(desk::FieldBit::vip), .vip = true});
  writer.message({.to = {.external_id = "A"}});
  writer.assign({.external_id = "B"}, "ann");
  writer.start({.external_id = "A"});
  writer.pend({.external_id = "A"}, "awaiting_requester", 1'700'000'001'000'000);
  writer.resume({.external_id = "A"});
  writer.requeue({.external_id = "B"}, "q", "wrong team");
  writer.resolve({.external_id = "A"}, "fixed");
  writer.reopen({.external_id = "A"}, "again");
  writer.resolve({.external_id = "A"}, "fixed");
  writer.close({.external_id = "A"});
  writer.acknowledge({.external_id = "B"});
  writer.merge({.external_id = "B"}, {.external_id = "A"});
  writer.cancel({.external_id = "B"}, "duplicate");
  writer.import_ticket({.ticket = {.external_id = "C", .stage = "approval", .major = true},
                        .recorded_at_us = 1'700'000'000'000'000,
                        .history = "queued@1700000000000000;pending:x@1700000000000001",
                        .agent = {}});
  writer.migrate(desk::MigrateMode::carry, "priority == P1", "P1");
  writer.repair({.external_id = "C"}, true);
  fill_routing(writer);
  writer.log_out("ann");
}

void add_desk_seeds(Corpus& corpus) {
  CommandWriter writer;
  fill(writer);
  corpus.write("desk_fuzz", "one_frame", step(1, writer));

  const Bytes document = encode_configuration(small_configuration());
  writer.config_begin(static_cast<uint32_t>(document.size()));
  writer.config_chunk(document);
  writer.config_commit(hash_document(document));
  std::string steps = step(1, writer);
  writer.log_in("ann");
  for (const char* id : {"A", "B", "C", "D"}) writer.open({.external_id = id});
  steps += step(10, writer);
  writer.pend({.external_id = "A"}, "awaiting_requester");
  writer.resolve({.external_id = "B"}, "fixed");
  steps += step(60'000, writer);
  writer.resume({.external_id = "A"});
  writer.close({.external_id = "B"});
  steps += step(60'000, writer);
  writer.reopen({.external_id = "B"});
  steps += step(1'000, writer);
  writer.update({.to = {.external_id = "C"},
                 .fields = bit(desk::TextField::stage) | bit(desk::FieldBit::promised_at),
                 .stage = "approval",
                 .promised_at_us = 1'900'000'000'000'000});
  writer.merge({.external_id = "D"}, {.external_id = "C"});
  steps += step(60'000, writer);
  writer.acknowledge({.external_id = "C"});
  writer.migrate(desk::MigrateMode::retroactive);
  writer.repair({.external_id = "C"});
  steps += step(60'000, writer);
  // Offers are numbered from 1 in every desk.
  writer.log_in("ann");
  for (uint64_t offer = 1; offer < 4; ++offer) writer.accept(offer);
  writer.escalate({.to = {.external_id = "C"}, .reason = "vpn"});
  writer.bounce({.external_id = "C"}, "not ours");
  steps += step(60'000, writer);
  writer.reassign({.where = "state == queued", .queue = "q2", .reason = "ill"});
  writer.set_agent_state({.agent = "ann", .step = desk::AgentStep::drain, .requeue = true});
  steps += step(60'000, writer);
  corpus.write("desk_fuzz", "configured", steps);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: seed_corpus FOLDER\n");
    return 2;
  }
  Corpus corpus(argv[1]);
  corpus.add_message("hello", Hello{.client_name = "fuzz", .token = "t", .session = {1}});
  Welcome welcome;
  welcome.server_name = "s";
  corpus.add_message("welcome", welcome);
  corpus.add_message("advance", Advance{1, {1}, 5});
  corpus.add_message("advanced", Advanced{1, {1}, 5});
  corpus.add_message("open_desk", OpenDesk{1, "emea", true, desk::Limits{}});
  DeskOpened opened;
  opened.name = "emea";
  corpus.add_message("desk_opened", opened);
  corpus.add_message("subscribe", Subscribe{1, {1}, 1, 1, 1});
  corpus.add_message("credit", Credit{{1}, 1});
  corpus.add_message("unsubscribe", Unsubscribe{1, {1}});
  corpus.add_message("too_old", TooOld{1, {1}, 1});
  corpus.add_message("control", Control{1, ControlVerb::drain});
  corpus.add_message("done", Done{1});
  corpus.add_message("error", ErrorMessage{1, ErrorCode::draining, "later", true});
  ServerStatus status;
  status.desks = {{{1}, "emea", 1, 1}};
  status.figures = {{"connections", 1}};
  corpus.add_message("server_status", status);
  corpus.add_message("busy", Busy{{1}, 1, 1, 1});
  const desk::Reply replies[2] = {};
  corpus.add_message("replies", Replies{{1}, 1, replies});
  const desk::Event events[2] = {};
  corpus.add_message("events", Events{{1}, events});
  QueryMessage query{1, {1}, {}};
  query.query.text = "q";
  corpus.add_message("query", query);
  for (const auto kind :
       {desk::QueryKind::tickets, desk::QueryKind::names, desk::QueryKind::kpi,
        desk::QueryKind::status, desk::QueryKind::why_clock, desk::QueryKind::policies,
        desk::QueryKind::migrate, desk::QueryKind::offers, desk::QueryKind::why_ticket}) {
    AnswerMessage answer{1, {1}, {}};
    answer.answer.kind = kind;
    answer.answer.tickets.resize(1);
    answer.answer.tickets[0].clocks.resize(1);
    answer.answer.clocks.resize(1);
    answer.answer.clocks[0].segments.resize(1);
    answer.answer.clocks[0].rungs.resize(1);
    answer.answer.policies.resize(1);
    answer.answer.policies[0].target.us = 1;
    answer.answer.changes.resize(1);
    answer.answer.queues.resize(1);
    answer.answer.agents.resize(1);
    answer.answer.names.queues = {"q"};
    answer.answer.kpi.backlog = {{"Active", 1}};
    answer.answer.offers.resize(1);
    answer.answer.why.sentence = "held";
    answer.answer.why.terms.resize(1);
    answer.answer.why.candidates.resize(1);
    answer.answer.why.lines.resize(1);
    answer.answer.why.remedies = {"release it"};
    corpus.add_message("answer_" + std::to_string(static_cast<int>(kind)), answer);
  }
  CommandWriter writer;
  fill(writer);
  corpus.add("commands", *writer.finish({1}, 1));
  const Bytes document = encode_configuration(small_configuration());
  corpus.write("codec_fuzz", "configuration", std::string(1, '\0') + Corpus::text_of(document));
  add_desk_seeds(corpus);
  if (corpus.failed()) {
    std::fprintf(stderr, "cannot write to %s: is the folder writable?\n", argv[1]);
    return 1;
  }
  return 0;
}
