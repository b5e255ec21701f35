#!/usr/bin/env bash
# Two ideas the design rests on, checked as text:
# 1. includes point one way: sched <- engine/desk <- engine/{runtime,config} <- wire, sim <- tools,
#    engine/desk <- engine/report <- tools;
# 2. sched and engine/desk name no clock, thread, file, socket, random source or floating point.
set -u
root=${1:?usage: layers_test.sh SOURCE_FOLDER}
cd "$root" || exit 2
failures=0

fail() {
  printf '%s\n' "$1" >&2
  failures=$((failures + 1))
}

# may_include FOLDER PREFIX...: what project headers the files of a folder may include.
may_include() {
  local folder=$1 allowed found
  shift
  allowed=$(printf '|%s/' "$@")
  found=$(grep -rnE '#include "' --include='*.h' --include='*.cpp' "$folder" |
    grep -vE "#include \"(${allowed#|})")
  [ -z "$found" ] || fail "$folder includes what it must not know:
$found"
}
may_include sched sched
may_include engine/desk sched engine/desk
may_include engine/runtime sched engine/desk engine/runtime
may_include engine/config sched engine/desk engine/config
may_include wire sched engine/desk engine/runtime wire
may_include sim sched engine/desk engine/config sim
may_include engine/report sched engine/desk engine/report
may_include tools sched engine wire sim tools

# Libraries that have one home each.
one_home() {
  local what=$1 home=$2 found
  found=$(grep -rnE "#include <$what" --include='*.h' --include='*.cpp' sched engine wire sim tools |
    grep -vE "^$home")
  [ -z "$found" ] || fail "<$what…> lives in $home only:
$found"
}
one_home 'boost/lockfree' 'engine/runtime/'
one_home 'boost/asio' 'wire/'
one_home 'flatbuffers' 'wire/'
one_home 'toml\+\+' 'engine/config/'
one_home 'CLI/' 'tools/'
one_home 'date/' 'engine/config/'

# The deterministic core. Comments are stripped first: they may speak of clocks and threads.
forbidden='\b(float|double|long double)\b|std::chrono|<ctime>|<chrono>|<random>|\brand\(|<thread>|<mutex>|<atomic>|<condition_variable>|<fstream>|<filesystem>|<iostream>|sys/socket|<unistd\.h>|std::thread|std::mutex|std::atomic|fopen|\btime\(|unordered_'
while IFS= read -r file; do
  found=$(sed -e 's://.*$::' -e 's:"[^"]*"::g' "$file" | grep -nE "$forbidden")
  [ -z "$found" ] || fail "$file names what the core must not:
$found"
  found=$(grep -nE '#include <(ctime|chrono|random|thread|mutex|atomic|fstream|filesystem|iostream)>' "$file")
  [ -z "$found" ] || fail "$file includes what the core must not:
$found"
done < <(find sched engine/desk -name '*.h' -o -name '*.cpp')

# Nobody but wall_clock asks what time it is (the client and tools measure durations by it).
found=$(grep -rnE '(system|steady|high_resolution)_clock|clock_gettime|gettimeofday' \
  --include='*.h' --include='*.cpp' sched engine wire sim | grep -vE '^engine/runtime/wall_clock\.')
[ -z "$found" ] || fail "now() has one home, engine/runtime/wall_clock:
$found"

# One version: the project's is the README's and the newest of the changelog.
project=$(sed -n 's/^project(paceline VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
grep -qF "Version $project" README.md || fail "README.md does not say the project's version, $project"
[ "$(sed -n 's/^## \([0-9.]*\) .*/\1/p' CHANGELOG.md | head -1)" = "$project" ] ||
  fail "the newest version of CHANGELOG.md is not the project's, $project"

[ "$failures" -eq 0 ] && echo "layers: includes point one way; the core asks the world nothing"
exit "$failures"
