// The program as a user runs it: words in, exit code and both outputs back; a server of its own
// where a test wants one.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"
#include "wire/client.h"

namespace paceline::tools {

struct Ran {
  int exit = -1;
  std::string out, err;
};

class ProgramTest : public ::testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string address() const { return "unix:" + path("socket"); }

  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  /// `arguments` as in a shell, in the test's folder.
  Ran run(const std::string& arguments) {
    Process process({"/bin/sh", "-c",
                     "cd '" + folder_.path() + "' && '" + paceline_program() + "' " + arguments},
                    path("out"), path("err"));
    Ran ran;
    ran.exit = process.wait();
    ran.out = read_file(path("out"));
    ran.err = read_file(path("err"));
    return ran;
  }
  /// With the server and its desk.
  Ran on_desk(const std::string& arguments, const std::string& desk = "main") {
    return run(arguments + " --connect " + address() + " --desk " + desk);
  }
  /// The same, which must go well.
  std::string told(const std::string& arguments) {
    const Ran ran = on_desk(arguments);
    EXPECT_EQ(ran.exit, 0) << arguments << "\n" << ran.err;
    return ran.out;
  }

  /// Driven by commands, so that time is the test's.
  void serve() {
    server_ = std::make_unique<Process>(
        std::vector<std::string>{paceline_program(), "serve", "--data", path("data"), "--listen",
                                 address(), "--clock", "commands", "--durability", "none"},
        path("server.out"), path("server.err"));
    wire::ClientOptions options;
    options.address = address();
    options.wait_for_server = true;
    options.connect_timeout = std::chrono::seconds(30);
    ASSERT_TRUE(wire::Client::connect(options).has_value()) << read_file(path("server.err"));
  }

 private:
  testing::TemporaryFolder folder_;
  std::unique_ptr<Process> server_;
};

}  // namespace paceline::tools
