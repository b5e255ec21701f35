// `backup verify` and `backup restore`.
#include <fmt/format.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <filesystem>

#include "engine/runtime/folder_check.h"
#include "tools/backup_manifest.h"
#include "tools/backup_replay.h"
#include "tools/commands.h"

namespace paceline::tools {

namespace {

class BackupVerify final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("DIR", backup_, "Folder of the backup")->required();
    app.add_flag("--json", json_, "Print as JSON");
  }
  Done run(const Terminal& terminal) override { return verify_backup(terminal, backup_, json_); }

 private:
  std::string backup_;
  bool json_ = false;
};

class BackupRestore final : public Subcommand {
 public:
  void declare(CLI::App& app) override {
    app.add_option("DIR", backup_, "Folder of the backup")->required();
    app.add_option("--data", data_, "Data folder to make")->required();
    app.add_flag("--yes", yes_, "If the folder is there already, move it aside");
  }

  Done run(const Terminal& terminal) override {
    while (data_.size() > 1 && data_.back() == '/') data_.pop_back();
    const auto manifest = examine_backup(terminal, backup_);
    if (!manifest) return sched::Unexpected{manifest.error()};
    if (auto room = make_room(terminal); !room) return room;
    // Under another name until it is whole: nobody starts a server in half a folder.
    const std::string unfinished = data_ + ".restoring";
    std::error_code error;
    std::filesystem::remove_all(unfinished, error);
    Progress progress(terminal, "restoring", "files", manifest->files.size());
    for (size_t i = 0; i < manifest->files.size(); ++i) {
      const BackupFile& file = manifest->files[i];
      const auto copied = copy_file(backup_ + "/" + file.name, unfinished, file.name);
      if (!copied) return sched::Unexpected{copied.error()};
      if (copied->hash != file.hash) {
        return sched::Unexpected{
            not_valid(fmt::format("{}/{} changed while it was read", backup_, file.name))};
      }
      progress.update(i + 1);
    }
    progress.finish();
    std::filesystem::create_directories(unfinished + "/log",
                                        error);  // none is needed with a snapshot
    if (error) {
      return sched::Unexpected{file_failed(
          error.value(), fmt::format("cannot create {}/log: {}", unfinished, error.message()))};
    }
    if (auto synced = sync_folders(unfinished); !synced) return synced;
    std::filesystem::remove(data_, error);  // an empty one
    std::filesystem::rename(unfinished, data_, error);
    if (error) {
      return sched::Unexpected{file_failed(
          error.value(),
          fmt::format("cannot rename {} to {}: {}", unfinished, data_, error.message()))};
    }
    if (auto synced = sync_folders(data_); !synced) return synced;
    terminal.message(fmt::format("restored {} up to record {}: paceline serve --data {} …", data_,
                                 manifest->sequence, data_));
    return {};
  }

 private:
  Done make_room(const Terminal& terminal) const {
    if (is_vacant(data_)) return {};
    if (!yes_) {
      return sched::Unexpected{conflict(fmt::format(
          "{} is there already: name a folder that is not, or add --yes to move it aside", data_))};
    }
    if (const int pid = runtime::FolderCheck::lock_holder(data_)) {
      return sched::Unexpected{conflict(
          fmt::format("a server is running in {} (process {}): stop it first", data_, pid))};
    }
    std::string aside;
    for (int i = 1; aside.empty() || std::filesystem::exists(aside); ++i)
      aside = fmt::format("{}.replaced-{}", data_, i);
    std::error_code error;
    std::filesystem::rename(data_, aside, error);
    if (error) {
      return sched::Unexpected{file_failed(
          error.value(), fmt::format("cannot move {} aside: {}", data_, error.message()))};
    }
    terminal.message(fmt::format("what was there is now {}", aside));
    return {};
  }

  std::string backup_, data_;
  bool yes_ = false;
};

}  // namespace

std::unique_ptr<Subcommand> make_backup_verify() { return std::make_unique<BackupVerify>(); }
std::unique_ptr<Subcommand> make_backup_restore() { return std::make_unique<BackupRestore>(); }

}  // namespace paceline::tools
