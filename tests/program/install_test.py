"""`cmake --install`: the program, what belongs beside it, and a project that uses the library."""

import os
import pathlib
import re
import subprocess
import unittest

from program import PROGRAM, SOURCE, ProgramTest, run


PROJECT = """
cmake_minimum_required(VERSION 3.25)
project(portal LANGUAGES CXX)
find_package(paceline 0.6 REQUIRED)
add_executable(portal portal.cpp)
target_link_libraries(portal PRIVATE paceline::client)
"""
PORTAL = """
#include <cstdio>

#include "wire/client.h"

int main(int, char** argv) {
  paceline::wire::ClientOptions options;
  options.address = argv[1];
  auto client = paceline::wire::Client::connect(std::move(options));
  if (!client) return std::puts(client.error().text.c_str()), 1;
  const auto desk = client->open_desk("main", true);
  if (!desk) return std::puts(desk.error().text.c_str()), 1;
  std::printf("desk %s\\n", desk->name.c_str());
}
"""


class Install(ProgramTest):
    def done(self, *words):
        done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def install(self):
        prefix = self.folder / "prefix"
        self.done("cmake", "--install", os.path.dirname(PROGRAM), "--prefix", prefix)
        return prefix

    def test_another_project_finds_the_client_library(self):
        cache = pathlib.Path(PROGRAM).parent / "CMakeCache.txt"
        if re.search(r"^PACELINE_SANITIZE:STRING=.+$", cache.read_text(), re.M):
            self.skipTest("the library needs its sanitizer's run time, which the project lacks")
        prefix = self.install()
        self.file("CMakeLists.txt", PROJECT)
        self.file("portal.cpp", PORTAL)
        build = self.folder / "build"
        self.done("cmake", "-S", self.folder, "-B", build, f"-DCMAKE_PREFIX_PATH={prefix}")
        self.done("cmake", "--build", build)
        server = self.serve()
        self.assertEqual(self.done(build / "portal", server.address), "desk main\n")

    def test_what_is_there_is_the_programs_own(self):
        prefix = self.install()
        installed = prefix / "bin/paceline"
        self.assertEqual(run("version", program=installed), run("version"))
        for place, words in (("share/man/man1/paceline.1", ["man"]),
                             ("share/bash-completion/completions/paceline", ["completion", "bash"]),
                             ("share/zsh/site-functions/_paceline", ["completion", "zsh"]),
                             ("share/fish/vendor_completions.d/paceline.fish",
                              ["completion", "fish"])):
            self.assertEqual((prefix / place).read_text(), run(*words).out, place)
        documents = prefix / "share/doc/paceline"
        for name in ("LICENSE", "README.md", "CHANGELOG.md", "tools/docs/PROTOCOL.md"):
            self.assertEqual((documents / name).read_text(), (SOURCE / name).read_text(), name)


if __name__ == "__main__":
    unittest.main()
