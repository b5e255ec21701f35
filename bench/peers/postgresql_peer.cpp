// PostgreSQL: a table, an index by priority, SELECT … FOR UPDATE SKIP LOCKED.
//
// A batch is one transaction and one round trip (libpq's pipeline): the last transaction is
// committed, which completes what was in hand; a new one inserts the new tickets and deletes the
// most pressing ones that nobody has locked. Until it is committed a worker's death gives them
// back. Nothing is written twice for one ticket: this was the fastest of the usual ways.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <libpq-fe.h>

#include <cstring>
#include <deque>
#include <vector>

#include "bench/peers/peer.h"

namespace paceline::bench::peers {
namespace {

constexpr Oid int4_oid = 23;
constexpr Oid text_array_oid = 1009;
constexpr Oid text_oid = 25;

/// "unix:FOLDER" is where the server's socket lies.
PGconn* connect_to(const Plan& plan) {
  const std::string folder = plan.address.substr(plan.address.find(':') + 1);
  PGconn* connection =
      PQconnectdb(fmt::format("host={} dbname=postgres user=postgres", folder).c_str());
  if (PQstatus(connection) != CONNECTION_OK) fail(PQerrorMessage(connection));
  return connection;
}

void must(PGconn* connection, const std::string& sql) {
  PGresult* result = PQexec(connection, sql.c_str());
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    fail(fmt::format("{}: {}", sql, PQerrorMessage(connection)));
  }
  PQclear(result);
}

void append_number(std::string& out, uint32_t number) {
  const uint32_t swapped = htonl(number);
  out.append(reinterpret_cast<const char*>(&swapped), sizeof swapped);
}

/// `count` bodies in the binary format of text[].
std::string bodies(uint32_t count) {
  std::string out;
  for (const uint32_t number : {1U, 0U, text_oid, count, 1U}) append_number(out, number);
  for (uint32_t i = 0; i < count; ++i) {
    append_number(out, body_size);
    out.append(body_size, 'b');
  }
  return out;
}

class PostgresqlLane final : public Lane {
 public:
  explicit PostgresqlLane(const Plan& plan) : connection_(connect_to(plan)) {
    must(connection_, "SET client_min_messages = error");
    prepare("open",
            "INSERT INTO ticket (priority, body) "
            "SELECT (n - 1) % 5, body FROM unnest($1) WITH ORDINALITY AS opened (body, n)",
            {text_array_oid});
    prepare("take",
            "DELETE FROM ticket WHERE ctid = ANY (ARRAY (SELECT ctid FROM ticket "
            "ORDER BY priority, id LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING id",
            {int4_oid});
    for (const char* command : {"BEGIN", "COMMIT"}) prepare(command, command, {});
    if (PQenterPipelineMode(connection_) != 1 || PQsetnonblocking(connection_, 1) != 0) {
      fail(PQerrorMessage(connection_));
    }
  }
  ~PostgresqlLane() override { PQfinish(connection_); }
  PostgresqlLane(const PostgresqlLane&) = delete;
  PostgresqlLane& operator=(const PostgresqlLane&) = delete;

  void open(uint32_t count) override {
    run_open(count);
    end_batch();
  }
  void turn(uint32_t, uint32_t count) override {
    if (working_) run("COMMIT");
    run("BEGIN");
    working_ = true;
    run_open(count);
    const uint32_t limit = htonl(count);
    const char* values[] = {reinterpret_cast<const char*>(&limit)};
    const int sizes[] = {sizeof limit};
    const int formats[] = {1};
    must_send(PQsendQueryPrepared(connection_, "take", 1, values, sizes, formats, 1));
    to_take_ = count;
    end_batch();
  }
  void finish() override {
    if (!working_) return;
    run("COMMIT");
    working_ = false;
    end_batch();
    while (!sent()) send();
    while (receive(true) == 0) {
    }
  }
  bool sent() const override { return unsent_ == 0; }
  void send() override {
    unsent_ = PQflush(connection_);
    if (unsent_ < 0) fail(PQerrorMessage(connection_));
  }
  int file() const override { return PQsocket(connection_); }

  uint32_t receive(bool wait) override {
    uint32_t answered = take_results(wait);
    if (answered > 0) return answered;
    if (PQconsumeInput(connection_) != 1) fail(PQerrorMessage(connection_));
    return take_results(wait);
  }

 private:
  void prepare(const char* name, const char* sql, std::vector<Oid> types) {
    PGresult* result =
        PQprepare(connection_, name, sql, static_cast<int>(types.size()), types.data());
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(PQerrorMessage(connection_));
    PQclear(result);
  }
  void must_send(int done) {
    if (done != 1) fail(PQerrorMessage(connection_));
  }
  void run(const char* command) {
    must_send(PQsendQueryPrepared(connection_, command, 0, nullptr, nullptr, nullptr, 1));
  }
  void run_open(uint32_t count) {
    if (count != body_count_) {
      bodies_ = bodies(count);
      body_count_ = count;
    }
    const char* values[] = {bodies_.data()};
    const int sizes[] = {static_cast<int>(bodies_.size())};
    const int formats[] = {1};
    must_send(PQsendQueryPrepared(connection_, "open", 1, values, sizes, formats, 1));
  }
  void end_batch() {
    must_send(PQpipelineSync(connection_));
    send();
  }

  /// A batch ends with its sync.
  uint32_t take_results(bool wait) {
    uint32_t answered = 0;
    while (wait ? answered == 0 : PQisBusy(connection_) == 0) {
      PGresult* result = PQgetResult(connection_);
      if (result == nullptr) {
        if (++nothing_in_a_row_ >= 2) {
          nothing_in_a_row_ = 0;
          return answered;
        }
        continue;
      }
      nothing_in_a_row_ = 0;
      const ExecStatusType status = PQresultStatus(result);
      if (status == PGRES_PIPELINE_SYNC) {
        ++answered;
      } else if (status == PGRES_TUPLES_OK) {
        if (static_cast<uint32_t>(PQntuples(result)) != to_take_) {
          fail(fmt::format("PostgreSQL gives {} tickets for {}", PQntuples(result), to_take_));
        }
      } else if (status != PGRES_COMMAND_OK) {
        fail(PQresultErrorMessage(result));
      }
      PQclear(result);
    }
    return answered;
  }

  PGconn* connection_;
  bool working_ = false;  // a transaction has tickets in hand
  int unsent_ = 0;
  int nothing_in_a_row_ = 0;
  uint32_t to_take_ = 0;
  std::string bodies_;
  uint32_t body_count_ = 0;
};

class Postgresql final : public Peer {
 public:
  uint32_t crews() const override { return 1; }  // a connection has one transaction
  void prepare(const Plan& plan) override {
    PGconn* connection = connect_to(plan);
    must(connection,
         fmt::format("CREATE {} TABLE ticket (id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1000), "
                     "priority int NOT NULL, body text NOT NULL)",
                     plan.unlogged ? "UNLOGGED" : ""));
    must(connection, "CREATE INDEX ticket_waiting ON ticket (priority, id)");
    PQfinish(connection);
  }
  std::unique_ptr<Lane> connect(const Plan& plan) override {
    return std::make_unique<PostgresqlLane>(plan);
  }
  uint64_t waiting(const Plan& plan) override {
    return number(plan, "SELECT count(*) FROM ticket");
  }
  uint64_t bytes(const Plan& plan) override {
    return number(plan, "SELECT pg_total_relation_size('ticket')");
  }

 private:
  static uint64_t number(const Plan& plan, const char* sql) {
    PGconn* connection = connect_to(plan);
    PGresult* result = PQexec(connection, sql);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) fail(PQerrorMessage(connection));
    const uint64_t answer = std::strtoull(PQgetvalue(result, 0, 0), nullptr, 10);
    PQclear(result);
    PQfinish(connection);
    return answer;
  }
};

}  // namespace
}  // namespace paceline::bench::peers

int main(int argc, char** argv) {
  paceline::bench::peers::Postgresql peer;
  return paceline::bench::peers::peer_main(argc, argv, peer);
}
