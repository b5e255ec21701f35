// `top`: the desk's figures, again and again: a board on a terminal, text or JSON elsewhere.
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "engine/config/units.h"
#include "tools/board_layout.h"
#include "tools/board_reading.h"
#include "tools/commands.h"
#include "tools/connection.h"
#include "tools/interrupt.h"
#include "tools/screen.h"
#include "tools/standard_output.h"

namespace paceline::tools {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::string_view, 4> list_words = {"queues", "agents", "at-risk", "breached"};

/// A desk asked again and again, over a connection made anew when it broke.
class BoardDesk {
 public:
  BoardDesk(const DeskOptions& options, wire::Timeout patience)
      : options_(options), patience_(patience) {}

  Got<BoardReading> read(BoardQuestion question) {
    if (Done connected = connect(); !connected) return sched::Unexpected{connected.error()};
    question.timeout = patience_;
    auto reading = read_board(*client_, desk_, question);
    if (!reading) return lost(reading.error());
    return std::move(*reading);
  }
  Got<desk::Answer> ask(const desk::Query& query) {
    if (Done connected = connect(); !connected) return sched::Unexpected{connected.error()};
    auto answer = client_->query(desk_, query, patience_);
    if (!answer) return lost(answer.error());
    return std::move(*answer);
  }

 private:
  Done connect() {
    if (client_) return {};
    auto token = read_token(options_.server.token_file);
    if (!token) return sched::Unexpected{token.error()};
    wire::ClientOptions options;
    options.address = options_.server.address;
    options.token = std::move(*token);
    options.client_name = "paceline top";
    options.connect_timeout = patience_;
    options.reconnect_timeout = {};  // whoever looks is told, and asks again
    auto client = wire::Client::connect(std::move(options));
    if (!client) return sched::Unexpected{explain(client.error())};
    const auto opened = client->open_desk(options_.desk, false, {}, patience_);
    if (!opened) return sched::Unexpected{explain(opened.error())};
    client_ = std::move(*client);
    desk_ = opened->desk;
    return {};
  }
  sched::Unexpected<Failure> lost(const wire::ClientError& error) {
    client_.reset();
    return sched::Unexpected{explain(error)};
  }

  const DeskOptions& options_;
  wire::Timeout patience_;
  std::optional<wire::Client> client_;
  sched::DeskNumber desk_;
};

/// The board on a screen, until it is left.
class LiveBoard {
 public:
  LiveBoard(BoardDesk& desk, BoardQuestion question, sched::Duration every, BoardPage first)
      : desk_(desk), question_(question), every_(every) {
    state_.pages.assign(1, std::move(first));
    notice_.every = config::print(every);
  }

  Done run() {
    // Without a first answer there is nothing to show but the reason.
    if (Done asked = ask(); !asked) return asked;
    auto screen = Screen::open(STDIN_FILENO, STDOUT_FILENO);
    if (!screen) return sched::Unexpected{screen.error()};
    for (;;) {
      BoardScreen shown = lay_out(view_, detail_, state_, notice_, (*screen)->size());
      (*screen)->show(shown.lines);
      const auto woken = (*screen)->wait(milliseconds_left());
      if (woken.ended) return {};
      bool asks = milliseconds_left() == 0;
      for (const KeyPress& key : woken.keys) {
        const BoardEffect effect = state_.press(key, shown.shown);
        if (effect == BoardEffect::quit) return {};
        if (effect == BoardEffect::ask) asks = true;
        // The next key is meant for what this one shows.
        shown = lay_out(view_, detail_for_page(), state_, notice_, (*screen)->size());
      }
      if (asks) ask_or_say();
    }
  }

 private:
  int milliseconds_left() const {
    if (state_.paused && notice_.lost.empty()) return 3'600'000;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due_ - Clock::now());
    return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 3'600'000));
  }

  /// A page that was just opened has nothing of the one before it.
  const BoardDetail& detail_for_page() {
    const std::string subject =
        fmt::format("{} {}", static_cast<int>(state_.page().kind), state_.page().subject);
    if (subject != detail_subject_) detail_ = {};
    detail_subject_ = subject;
    return detail_;
  }

  Done ask() {
    constexpr auto retry = std::chrono::seconds(1);
    const auto every = std::chrono::microseconds(every_.us);
    due_ = Clock::now() + std::min<Clock::duration>(every, retry);
    question_.breached = state_.pages.front().kind == BoardPageKind::breached;
    auto reading = desk_.read(question_);
    if (!reading) return sched::Unexpected{reading.error()};
    past_.add(sums_of(*reading));
    view_ = board_view(*reading, past_.base(), question_.window_us);
    detail_for_page();
    if (const auto question = question_of(state_.page())) {
      const auto answer = desk_.ask(*question);
      if (!answer) return sched::Unexpected{answer.error()};
      detail_ = detail_of(state_.page(), *answer, view_.at_us);
    }
    due_ = Clock::now() + every;
    return {};
  }

  void ask_or_say() {
    const Done asked = ask();
    notice_.lost = asked ? "" : asked.error().code + " " + asked.error().text;
  }

  BoardDesk& desk_;
  BoardQuestion question_;
  sched::Duration every_;
  BoardState state_;
  BoardNotice notice_;
  BoardPast past_;
  BoardView view_;
  BoardDetail detail_;
  std::string detail_subject_;
  Clock::time_point due_;
};

class Top final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    options_.declare(app);
    app.add_option("--every", every_, "How often to ask: 2s")->capture_default_str();
    app.add_option("--window", window_, "A breach this near is at risk: 30m, at most a day")
        ->capture_default_str();
    app.add_option("--list", list_, "Which list to begin with: queues, agents, at-risk, breached")
        ->capture_default_str();
    app.add_option("--sort", sort_, "Sort it by this column: `--sort ?` names them");
    app.add_flag("--reverse", reverse_, "The other way round");
    app.add_option("--filter", filter_, "Only rows with this text in them");
    app.add_option("--tickets", tickets_, "At most so many in a list of tickets")
        ->check(CLI::Range(1, 1'000))
        ->capture_default_str();
    app.add_flag("--once", once_, "Print once, as it does where there is no terminal");
    app.add_option("--count", count_, "Print so many times and end")->check(CLI::PositiveNumber);
    app.add_flag("--json", json_, "Print one JSON object per line, each time");
  }

  Done run(const Terminal& terminal) override {
    const auto every = duration("--every", every_, sched::microsecond * 100'000, sched::hour);
    if (!every) return sched::Unexpected{every.error()};
    const auto window = duration("--window", window_, {0}, sched::day);
    if (!window) return sched::Unexpected{window.error()};
    auto page = first_page();
    if (!page) return sched::Unexpected{page.error()};
    BoardQuestion question;
    question.window_us = window->us;
    question.tickets = tickets_;
    const bool prints = once_ || json_ || count_ != 0 || !is_screen(STDIN_FILENO, STDOUT_FILENO);
    if (prints) return print(terminal, question, *every, *page);
    constexpr auto patience = std::chrono::seconds(2);
    BoardDesk desk(options_, patience);
    return LiveBoard(desk, question, *every, std::move(*page)).run();
  }

 private:
  static Got<sched::Duration> duration(std::string_view option, const std::string& text,
                                       sched::Duration least, sched::Duration most) {
    const auto parsed = config::parse_duration(text);
    if (!parsed) return sched::Unexpected{bad_usage(fmt::format("{}: {}", option, parsed.error()))};
    if (parsed->us < least.us || parsed->us > most.us) {
      return sched::Unexpected{bad_usage(fmt::format("{} {}: write {} to {}", option, text,
                                                     config::print(least), config::print(most)))};
    }
    return *parsed;
  }

  Got<BoardPage> first_page() const {
    const auto found = std::find(list_words.begin(), list_words.end(), list_);
    if (found == list_words.end()) {
      return sched::Unexpected{bad_usage(
          fmt::format("--list `{}` is not known: {}", list_, fmt::join(list_words, ", ")))};
    }
    BoardPage page =
        BoardPage::of(static_cast<BoardPageKind>(std::distance(list_words.begin(), found)));
    page.reversed = reverse_;
    page.filter = filter_;
    if (sort_.empty()) return page;
    page.sort_column = column_named(page.list(), sort_);
    const auto& columns = columns_of(page.list());
    if (page.sort_column < columns.size()) return page;
    std::string keys;
    for (const BoardColumn& column : columns)
      keys += (keys.empty() ? "" : ", ") + std::string(column.key);
    return sched::Unexpected{
        bad_usage(fmt::format("--sort `{}` is no column of the list {}: {}", sort_, list_, keys))};
  }

  /// As often as asked for; a server that is lost is said to be once, and asked again.
  Done print(const Terminal& terminal, BoardQuestion question, sched::Duration every,
             const BoardPage& page) {
    uint64_t left = once_ ? 1 : count_ != 0 ? count_ : json_ ? 0 : 1;
    question.breached = json_ || page.kind == BoardPageKind::breached;
    BoardDesk desk(options_, std::chrono::seconds(10));
    const Interrupt interrupt;
    BoardPast past;
    bool answered = false, lost = false;
    do {
      auto reading = desk.read(question);
      if (!reading) {
        if (!answered) return sched::Unexpected{reading.error()};
        if (!std::exchange(lost, true))
          terminal.message(reading.error().code + " " + reading.error().text + "; trying again");
        continue;
      }
      past.add(sums_of(*reading));
      const BoardView view = board_view(*reading, past.base(), question.window_us);
      terminal.data(std::exchange(answered, true) && !json_ ? "\n" : "");
      terminal.data(json_ ? board_json(view).dump() + "\n" : board_text(view, page, width()));
      lost = false;
      if (left == 1) return {};
      left -= left == 0 ? 0 : 1;
    } while (!reader_left() && !interrupt.wait(every));
    return {};
  }

  /// Of a terminal; elsewhere as wide as it comes.
  static size_t width() {
    constexpr size_t anything = 10'000;
    const auto size = terminal_size(STDOUT_FILENO);
    return size ? size->columns : anything;
  }

  DeskOptions options_;
  std::string every_ = "2s";
  std::string window_ = "30m";
  std::string list_ = "queues";
  std::string sort_, filter_;
  uint32_t tickets_ = 200;
  uint64_t count_ = 0;
  bool reverse_ = false;
  bool once_ = false;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_top() { return std::make_unique<Top>(); }

}  // namespace paceline::tools
