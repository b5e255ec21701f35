"""The machine: what it is, how processes are pinned, what they have used."""

import datetime
import os
import pathlib
import platform
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
GIVEN_BUILD = os.environ.get("PACELINE_BENCH_BUILD")


def build_of(preset):
    return pathlib.Path(GIVEN_BUILD) if GIVEN_BUILD else ROOT / "build" / preset


# Server and simulator as they are meant to be deployed; parts in RELEASE, where they are compiled
# like the structures beside them.
TUNED, RELEASE = build_of("tuned"), build_of("release")
RESULTS = TUNED / "bench-results"
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cores():
    """Two of those this process may use; both sides of a measurement share them."""
    return sorted(os.sched_getaffinity(0))[:2]


def commit():
    def git(*words):
        done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True)
        return done.stdout.strip()

    short = git("rev-parse", "--short", "HEAD") or "unknown"
    return short + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")


def facts(build):
    """What belongs beside every figure of programs in this build folder."""
    model = "unknown processor"
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(": ", 1)[1]
            break
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True)
    return {
        "processor": model,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "compiler": (compiler.stdout.splitlines() or ["unknown"])[0],
        "build": "tuned" if is_tuned(build) else "not tuned",
        "commit": commit(),
        "date": datetime.date.today().isoformat(),
        "load_before": os.getloadavg()[0],
    }


def is_tuned(build):
    cache = build / "CMakeCache.txt"
    return cache.exists() and "PACELINE_PROFILE:STRING=use" in cache.read_text(encoding="utf-8")


def described(facts):
    build = {
        "tuned": "Paceline is the tuned build (`tools/build tuned`). ",
        "not tuned": "Paceline is a build that is not tuned. ",
    }
    return build.get(facts.get("build"), "") + (
        f"{facts['cores']} cores of {facts['processor']}, Linux {facts['kernel']}, "
        f"{facts['compiler']}, commit {facts['commit']}, {facts['date']}, "
        f"load average {facts['load_before']:.1f} at the start"
    )


def family(pid):
    """The process and all that descend from it and are still there."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            parent = _stat(entry.name)
            if parent:
                children.setdefault(int(parent[1]), []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        todo += children.get(one, [])
    return found


def pin(pid, to_cores):
    """Every thread of the process and of its descendants."""
    for one in family(pid):
        try:
            threads = os.listdir(f"/proc/{one}/task")
        except FileNotFoundError:
            continue
        for thread in threads:
            try:
                os.sched_setaffinity(int(thread), to_cores)
            except ProcessLookupError:
                pass


def resident_bytes(pid):
    total = 0
    for one in family(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        except FileNotFoundError:
            pass
    return total


def cpu_seconds(pid):
    """User and system time of the family so far, with children that `pid` has seen end."""
    fields = _stat(pid)
    ticks = int(fields[13]) + int(fields[14]) if fields else 0
    for one in family(pid):
        fields = _stat(one)
        if fields:
            ticks += int(fields[11]) + int(fields[12])
    return ticks * TICK_S


def _stat(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2 :].split()


def on_memory_disk(folder):
    """Whether a sync there would cost nothing and mean nothing."""
    done = subprocess.run(["stat", "-f", "-c", "%T", str(folder)], capture_output=True, text=True)
    return done.stdout.strip() in ("tmpfs", "ramfs")
