#include "tools/reloader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/calendar_file.h"
#include "tools/config_changes.h"
#include "tools/config_file.h"

namespace paceline::tools {

namespace {

constexpr size_t lines_max = 1'000;  // of an answer; a frame has its bounds

using Desks = std::vector<std::pair<std::string, desk::Configuration>>;

const desk::Configuration* find(const Desks& desks, std::string_view name) {
  const auto found = std::find_if(desks.begin(), desks.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == desks.end() ? nullptr : &found->second;
}

void add_lines(std::vector<std::string>& lines, std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

void shorten(std::vector<std::string>& lines) {
  if (lines.size() <= lines_max) return;
  const size_t left_out = lines.size() - lines_max;
  lines.resize(lines_max);
  lines.push_back(fmt::format("… and {} lines more", left_out));
}

/// What the desks are told is different, a line each.
std::vector<std::string> changes_of(const Desks& before, const Desks& after, sched::Instant now) {
  std::vector<std::string> lines;
  for (const auto& [name, configuration] : after) {
    const desk::Configuration* old = find(before, name);
    if (old == nullptr) {
      lines.push_back(fmt::format("desk {}: added", name));
      continue;
    }
    const std::vector<ConfigChange> changes = changes_between(*old, configuration, now);
    if (!changes.empty()) lines.push_back(fmt::format("desk {}", name));
    for (const ConfigChange& change : changes) add_lines(lines, text_of(change));
  }
  return lines;
}

std::vector<std::string> warnings_of(const config::Loaded& before, const config::Loaded& after) {
  std::vector<std::string> lines = after.warnings;
  for (const ConfigChange& change : changes_between(before.server, after.server)) {
    lines.push_back("[server] has changed: from the next start on");
    add_lines(lines, text_of(change));
  }
  for (const auto& [name, configuration] : before.desks) {
    if (find(after.desks, name) == nullptr)
      lines.push_back(fmt::format("desk {} is no longer in the file: it stays as it is", name));
  }
  return lines;
}

/// Whether nobody has ever told the desk any rules: no configuration, no queue besides the one it
/// is born with, no agent. A server that was stopped between creating a desk and configuring it
/// leaves such a one.
Got<bool> without_rules(wire::Client& client, sched::DeskNumber desk) {
  const auto ask = [&](desk::QueryKind kind) {
    desk::Query query;
    query.kind = kind;
    return client.query(desk, query);
  };
  const auto status = ask(desk::QueryKind::status);
  if (!status) return sched::Unexpected{explain(status.error())};
  if (status->status.configuration_version != 0) return false;
  const auto queues = ask(desk::QueryKind::queues);
  if (!queues) return sched::Unexpected{explain(queues.error())};
  const auto agents = ask(desk::QueryKind::agents);
  if (!agents) return sched::Unexpected{explain(agents.error())};
  return queues->queues.size() <= 1 && agents->agents.empty();
}

}  // namespace

Reloader::Reloader(wire::Server& server, std::string file, config::Loaded first,
                   ServerOptions to_self, const Terminal& terminal)
    : server_(server),
      file_(std::move(file)),
      to_self_(std::move(to_self)),
      terminal_(terminal),
      in_force_(std::move(first)),
      thread_([this] { run(); }) {}

Reloader::~Reloader() {
  if (thread_.joinable()) (void)end();
}

Done Reloader::end() {
  ending_.store(true);
  bell_.ring();
  thread_.join();
  return begun_;
}

void Reloader::ask(const wire::ReloadRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  bell_.ring();
}

void Reloader::on_signal() noexcept {
  signalled_.store(true);
  bell_.ring();
}

void Reloader::run() {
  begun_ = create_desks();
  if (!begun_) return server_.request_drain();
  while (!ending_.load()) {
    bell_.wait();
    std::vector<wire::ReloadRequest> requests;
    {
      const std::lock_guard lock(mutex_);
      requests.swap(requests_);
    }
    if (signalled_.exchange(false)) requests.push_back({});
    for (const wire::ReloadRequest& request : requests) {
      if (!ending_.load()) answer(request);
    }
  }
}

void Reloader::answer(const wire::ReloadRequest& request) {
  wire::ReloadAnswer answer = reload(request.dry_run);
  if (!answer.refusal.empty()) {
    terminal_.message(answer.refusal);
  } else if (!request.dry_run) {
    for (const std::string& line : answer.report.warnings) terminal_.message(line);
    for (const std::string& line : answer.report.changes) terminal_.message(line);
    terminal_.message(
        fmt::format("read {} again: {}", file_,
                    answer.report.changes.empty() ? "nothing has changed" : "it is in force"));
  }
  server_.reloaded(request, std::move(answer));
}

wire::ReloadAnswer Reloader::reload(bool dry_run) {
  const auto refused = [&](std::string_view why) {
    return wire::ReloadAnswer{
        {}, fmt::format("{}\n{} is not in force: everything stays as it was", why, file_)};
  };
  const auto loaded = config::load_file(file_, machine_now());
  if (!loaded) {
    std::vector<std::string> lines;
    for (const config::ConfigError& error : loaded.error()) lines.push_back(config::shown(error));
    shorten(lines);
    return refused(fmt::format("{}", fmt::join(lines, "\n")));
  }
  wire::ReloadAnswer answer;
  answer.report.changes = changes_of(in_force_.desks, loaded->desks, machine_now());
  answer.report.warnings = warnings_of(in_force_, *loaded);
  if (!dry_run) {
    auto given = give(*loaded);
    if (!given) return refused(given.error().text);
    answer.report.warnings.insert(answer.report.warnings.end(), given->begin(), given->end());
    in_force_ = *loaded;
  }
  shorten(answer.report.changes);
  shorten(answer.report.warnings);
  return answer;
}

/// Creates the file's desks that are not there yet; one that has rules keeps them.
Done Reloader::create_desks() {
  if (in_force_.desks.empty()) return {};
  auto client = to_self_.connect();
  if (!client) return sched::Unexpected{client.error()};
  for (const auto& [name, configuration] : in_force_.desks) {
    const auto opened = client->open_desk(name, true);
    if (!opened) return sched::Unexpected{explain(opened.error())};
    if (!opened->created) {
      const auto empty = without_rules(*client, opened->desk);
      if (!empty) return sched::Unexpected{empty.error()};
      if (!*empty) {
        terminal_.message(fmt::format(
            "desk {} is there already and keeps its rules: `paceline config put` changes them, or "
            "`paceline ctl reload`",
            name));
        continue;
      }
    }
    if (const auto put = client->put_configuration(opened->desk, configuration); !put)
      return sched::Unexpected{explain(put.error())};
    terminal_.message(opened->created
                          ? fmt::format("created desk {}", name)
                          : fmt::format("desk {} was there without rules and has got them", name));
  }
  return {};
}

/// Gives every desk what the file says; desks that are new come last, for they cannot be taken
/// back. Answers what is worth a word.
Got<std::vector<std::string>> Reloader::give(const config::Loaded& next) {
  auto client = to_self_.connect();
  if (!client) return sched::Unexpected{client.error()};
  std::vector<std::string> words;
  std::vector<std::pair<sched::DeskNumber, const desk::Configuration*>> given;
  const auto give_back = [&](const Failure& failure) {
    std::string text = failure.text;
    for (const auto& [number, before] : given) {
      if (const auto put = client->put_configuration(number, *before); !put)
        text += fmt::format("; and desk {} did not take back what it had: {}", number.value,
                            explain(put.error()).text);
    }
    return sched::Unexpected{Failure{failure.exit, failure.code, std::move(text)}};
  };
  for (const bool known : {true, false}) {
    for (const auto& [name, configuration] : next.desks) {
      const desk::Configuration* before = find(in_force_.desks, name);
      if ((before != nullptr) != known) continue;
      const auto opened = client->open_desk(name, true);
      if (!opened) return give_back(explain(opened.error()));
      if (opened->created) words.push_back(fmt::format("created desk {}", name));
      if (const auto put = client->put_configuration(opened->desk, configuration); !put) {
        Failure failure = explain(put.error());
        failure.text = fmt::format("desk {}: {}", name, failure.text);
        return give_back(failure);
      }
      if (before != nullptr) given.emplace_back(opened->desk, before);
    }
  }
  return words;
}

}  // namespace paceline::tools
