// `serve` as its operator meets it: what its options take.
#include <gmock/gmock.h>

#include "tests/support/program_fixture.h"

namespace paceline::tools {
namespace {

using ::testing::HasSubstr;

class ServeProgram : public paceline::testing::ProgramFixture {};

TEST_F(ServeProgram, SnapshotsAreTakenAtMostAHundredTimesASecond) {
  for (const char* every : {"5us", "9ms"}) {
    const auto ran =
        run_line(std::string("serve --data data --listen unix:s --snapshot-every ") + every);
    EXPECT_EQ(ran.exit, 2) << ran.err;
    EXPECT_THAT(ran.err, HasSubstr("at least 10ms, or 0s for none by the clock"));
  }
  const auto ran = run_line("serve --data data --listen unix:s --snapshot-every often");
  EXPECT_EQ(ran.exit, 2) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("--snapshot-every often: "));
}

}  // namespace
}  // namespace paceline::tools
