// The program as a user runs it: words in, exit code and both outputs back; a server of its own
// where a test wants one.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"
#include "wire/client.h"

namespace paceline::testing {

struct Ran {
  int exit = -1;
  std::string out, err;
};

class ProgramFixture : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(std::filesystem::exists(paceline_program())); }

  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string address() const { return "unix:" + path("socket"); }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  Ran run(std::vector<std::string> words) {
    words.insert(words.begin(), paceline_program());
    return finished(words);
  }
  /// `line` as in a shell, in the test's folder.
  Ran run_line(const std::string& line) {
    return finished(
        {"/bin/sh", "-c", "cd '" + folder_.path() + "' && '" + paceline_program() + "' " + line});
  }
  Ran on_desk(std::vector<std::string> words, const std::string& desk = "d") {
    words.insert(words.end(), {"--connect", address(), "--desk", desk});
    return run(words);
  }

  void serve(const std::string& data, const std::string& clock,
             const std::string& durability = "sync") {
    serve_as({paceline_program(), "serve", "--data", path(data), "--listen", address(), "--clock",
              clock, "--durability", durability});
  }
  /// `line` as in a shell, in the folder `name` of the test's.
  void serve_in(const std::string& name, const std::string& line) {
    serve_as({"/bin/sh", "-c",
              "cd '" + path(name) + "' && exec '" + paceline_program() + "' serve " + line +
                  " --listen " + address()});
  }
  /// SIGTERM; the exit code.
  int end_server() {
    server_->signal(SIGTERM);
    const int exit = server_->wait();
    server_.reset();
    return exit;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Process> server_;

 private:
  void serve_as(const std::vector<std::string>& words) {
    server_ = std::make_unique<Process>(words, path("server.out"), path("server.err"));
    wire::ClientOptions options;
    options.address = address();
    options.wait_for_server = true;
    options.connect_timeout = std::chrono::seconds(30);
    ASSERT_TRUE(wire::Client::connect(options).has_value()) << read_file(path("server.err"));
  }
  Ran finished(const std::vector<std::string>& words) {
    Process process(words, path("out"), path("err"));
    Ran ran;
    ran.exit = process.wait();
    ran.out = read_file(path("out"));
    ran.err = read_file(path("err"));
    return ran;
  }
};

}  // namespace paceline::testing
