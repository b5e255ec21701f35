// ProgramFixture with command lines as one types them, on a desk "main" whose time is the test's.
#pragma once

#include <gmock/gmock.h>

#include <string>

#include "tests/support/program_fixture.h"

namespace paceline::tools {

using testing::Ran;

class ProgramTest : public testing::ProgramFixture {
 protected:
  Ran run(const std::string& line) { return run_line(line); }
  /// With the server and its desk.
  Ran on_desk(const std::string& line, const std::string& desk = "main") {
    return run(line + " --connect " + address() + " --desk " + desk);
  }
  /// The same, which must go well.
  std::string told(const std::string& line) {
    const Ran ran = on_desk(line);
    EXPECT_EQ(ran.exit, 0) << line << "\n" << ran.err;
    return ran.out;
  }
  /// Driven by commands, so that time is the test's.
  void serve() { ProgramFixture::serve("data", "commands", "none"); }
};

}  // namespace paceline::tools
