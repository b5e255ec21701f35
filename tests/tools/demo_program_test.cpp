// `paceline demo`: a day that is the same for the same seed, and what it ends with.
#include "tests/support/program.h"

namespace paceline::tools {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class DemoProgram : public ProgramTest {
 protected:
  /// What a day prints, but for how long it took.
  std::string day(const std::string& seed) {
    const Ran ran = run("demo --tickets 3000 --durability none --seed " + seed);
    EXPECT_EQ(ran.exit, 0) << ran.err;
    std::string text = ran.out;
    const size_t at = text.find(" s for the day");
    EXPECT_NE(at, std::string::npos) << text;
    if (at == std::string::npos) return text;
    const size_t begin = text.rfind('\n', at);
    text.erase(begin, text.find('\n', at) - begin);
    return text;
  }
};

TEST_F(DemoProgram, TheSameSeedIsTheSameDayAndAnotherIsNot) {
  const std::string first = day("7");
  EXPECT_EQ(day("7"), first);
  EXPECT_NE(day("8"), first);
  EXPECT_THAT(first, AllOf(HasSubstr("as `paceline top` shows it"), HasSubstr("agents 47/60"),
                           HasSubstr("The worst moment: 2026-01-12T"), HasSubstr("why ticket INC"),
                           HasSubstr("why clock INC"), HasSubstr("second line"),
                           HasSubstr("escalations"), HasSubstr(" 0 invariant violations")));
}

/// Those nearest to a breach are in agents' hands at its worst moment.
TEST_F(DemoProgram, AWholeDayEndsWithFiguresAndWhys) {
  const Ran ran = run("demo --durability none");
  ASSERT_EQ(ran.exit, 0) << ran.err;
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("the supervisor sees it"), HasSubstr("The worst moment: 2026-01-12T"),
                    HasSubstr("why ticket INC"), HasSubstr("why clock INC"),
                    HasSubstr("First contact resolution"), HasSubstr("SLA compliance"),
                    HasSubstr("Customer satisfaction"), HasSubstr(" 0 invariant violations")));
}

}  // namespace
}  // namespace paceline::tools
