#include "tools/child_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "wire/client.h"

namespace paceline::tools {

namespace {

namespace fs = std::filesystem;

constexpr auto start_timeout = std::chrono::seconds(20);

std::string server_log(const std::string& folder) { return folder + "/server.log"; }

/// In the child: becomes the server. Only calls that are safe after fork().
[[noreturn]] void become(const char* log, char* const* arguments) {
  const int to_log = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int null = ::open("/dev/null", O_RDONLY);
  if (to_log >= 0 && null >= 0) {
    ::dup2(null, STDIN_FILENO);
    ::dup2(to_log, STDOUT_FILENO);
    ::dup2(to_log, STDERR_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // whatever becomes of us, it does not stay behind
    ::setpgid(0, 0);                     // the terminal's Ctrl-C is ours to act on
    ::execv("/proc/self/exe", arguments);
  }
  ::_exit(127);
}

}  // namespace

Got<std::unique_ptr<ChildServer>> ChildServer::start(const std::vector<std::string>& options) {
  std::error_code failed;
  std::string pattern = (fs::temp_directory_path(failed) / "paceline-XXXXXX").string();
  if (failed || ::mkdtemp(pattern.data()) == nullptr) {
    return sched::Unexpected{
        went_wrong(fmt::format("no temporary folder can be made ({}): set TMPDIR to a folder you "
                               "may write to",
                               pattern))};
  }
  std::unique_ptr<ChildServer> server(new ChildServer);
  server->folder_ = pattern;
  server->address_ = "unix:" + pattern + "/socket";

  std::vector<std::string> words = {"paceline",        "serve",    "--data",
                                    pattern + "/data", "--listen", server->address_};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string log = server_log(pattern);
  server->pid_ = ::fork();
  if (server->pid_ == 0) become(log.c_str(), arguments.data());
  if (server->pid_ < 0) {
    return sched::Unexpected{
        went_wrong(fmt::format("no process can be made: {}", std::strerror(errno)))};
  }

  wire::ClientOptions hello;
  hello.address = server->address_;
  hello.wait_for_server = true;
  hello.connect_timeout = start_timeout;
  const auto client = wire::Client::connect(hello);
  if (client) return server;
  return sched::Unexpected{not_available(
      fmt::format("the server did not start: {}: {}", client.error().text, server->last_words()))};
}

ChildServer::~ChildServer() {
  stop();
  std::error_code ignored;
  if (!keep_folder_) fs::remove_all(folder_, ignored);
}

bool ChildServer::stop() {
  if (pid_ <= 0) return true;
  ::kill(pid_, SIGTERM);
  int status = 0;
  const bool waited = ::waitpid(pid_, &status, 0) == pid_;
  pid_ = -1;
  return waited && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

uint64_t ChildServer::resident_bytes() const {
  std::ifstream status(fmt::format("/proc/{}/status", pid_));
  std::string word;
  while (status >> word) {
    uint64_t kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib * 1'024;
  }
  return 0;
}

double ChildServer::cpu_seconds() const {
  std::ifstream file(fmt::format("/proc/{}/stat", pid_));
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return 0.0;
  std::istringstream fields(line.substr(name_end + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  uint64_t user = 0;
  uint64_t system = 0;
  fields >> user >> system;
  return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::string ChildServer::last_words() const {
  std::ifstream file(server_log(folder_));
  std::string line;
  std::string last;
  while (std::getline(file, line)) {
    if (!line.empty()) last = line;
  }
  return last.empty() ? "it said nothing" : last;
}

}  // namespace paceline::tools
