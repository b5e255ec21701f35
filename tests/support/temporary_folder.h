// A folder that goes with the test; in memory where there is such a place: a test cuts no power.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

#include "sched/base/check.h"

namespace paceline::testing {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::error_code absent;
    const std::filesystem::path memory = "/dev/shm";
    const std::filesystem::path parent = std::filesystem::is_directory(memory, absent)
                                             ? memory
                                             : std::filesystem::temp_directory_path();
    std::string name = (parent / "paceline-XXXXXX").string();
    CHECK(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace paceline::testing
