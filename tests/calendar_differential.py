#!/usr/bin/env python3
"""Compares `paceline calendar add` and `between` with an independent reading of the rules.

The rules are those of the contract: each opening and closing is a local wall time, converted once;
a time left out is the instant of the change; of a time that comes twice an opening takes the first
and a closing the second, but the first where the repeated range begins just then; intervals belong
to their opening day, overlap merges, touching joins. Here they are applied to Python's zoneinfo,
day by day, with whole loops and no index; nothing is shared with the program but the tzdata.

  calendar_differential.py PACELINE [--cases N] [--seed S]

A disagreement prints the calendar, the question, both answers and the seed.
"""
import argparse
import bisect
import datetime as dt
import os
import random
import subprocess
import sys
import tempfile
import zoneinfo

ZONES = """Africa/Cairo Africa/Casablanca Africa/El_Aaiun Africa/Johannesburg Africa/Juba
Africa/Sao_Tome America/Anchorage America/Argentina/Buenos_Aires America/Caracas America/Chicago
America/Havana America/Los_Angeles America/New_York America/Nuuk America/Phoenix
America/Port-au-Prince America/Santiago America/Sao_Paulo America/St_Johns Antarctica/Casey
Antarctica/Troll Asia/Amman Asia/Beirut Asia/Dhaka Asia/Gaza Asia/Hong_Kong Asia/Kathmandu
Asia/Kolkata Asia/Manila Asia/Pyongyang Asia/Tehran Asia/Tokyo Australia/Adelaide Australia/Eucla
Australia/Lord_Howe Australia/Sydney Europe/Berlin Europe/Dublin Europe/Istanbul Europe/London
Europe/Moscow Europe/Volgograd Pacific/Apia Pacific/Auckland Pacific/Chatham Pacific/Fiji
Pacific/Kiritimati Pacific/Kwajalein Pacific/Norfolk Pacific/Tongatapu UTC""".split()
RARE_YEARS = {"Pacific/Apia": 2011, "Pacific/Kwajalein": 1993, "Pacific/Kiritimati": 1994,
              "America/Caracas": 2016, "Asia/Pyongyang": 2015, "Europe/Volgograd": 2020,
              "Europe/Moscow": 2011, "America/Sao_Paulo": 2018, "Africa/Casablanca": 2031}
WEEKDAYS = "mon tue wed thu fri sat sun".split()
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
EPOCH = dt.datetime(1970, 1, 1)
SECOND = 1_000_000
BEGIN = dt.datetime(1989, 12, 1)
END = dt.datetime(2100, 1, 1)


def us(naive):
    """Microseconds from 1970 to a datetime without a zone."""
    return (naive - EPOCH) // dt.timedelta(microseconds=1)


def shown(at_us):
    return EPOCH + dt.timedelta(microseconds=at_us)


class Clock:
    """A zone's wall clock, asked only what it shows at an instant."""

    known = {}

    @classmethod
    def of(cls, name):
        if name not in cls.known:
            cls.known[name] = cls(name)
        return cls.known[name]

    def __init__(self, name):
        self.zone = zoneinfo.ZoneInfo(name)
        self.changes = {}  # of each day asked
        self.grid = {}     # offsets every three hours

    def grid_offset_us(self, at_us):
        if at_us not in self.grid:
            self.grid[at_us] = self.offset_us(at_us)
        return self.grid[at_us]

    def offset_us(self, at_us):
        aware = shown(at_us).replace(tzinfo=dt.timezone.utc).astimezone(self.zone)
        return aware.utcoffset() // dt.timedelta(microseconds=1)

    def changes_near(self, local_us):
        """Instants at which the offset changes, within a day and a half of a local time's day."""
        day = local_us // (86400 * SECOND)
        if day not in self.changes:
            self.changes[day] = self.changes_about(day * 86400 * SECOND)
        return self.changes[day]

    def changes_about(self, midnight_us):
        step = 3 * 3600 * SECOND
        found = []
        at = midnight_us - 36 * 3600 * SECOND
        before = self.grid_offset_us(at)
        while at < midnight_us + 60 * 3600 * SECOND:
            after = self.grid_offset_us(at + step)
            if after != before:
                low, high = at, at + step
                while high - low > SECOND:
                    middle = (low + high) // 2 // SECOND * SECOND
                    if self.offset_us(middle) == before:
                        low = middle
                    else:
                        high = middle
                found.append((high, before, after))
            at, before = at + step, after
        return found

    def occurrences(self, local_us):
        """Every instant that shows the time, and the change that left it out if there is none."""
        changes = self.changes_near(local_us)
        if not changes:
            return [local_us - self.offset_us(local_us)], None, []
        spells = [(-10**18, changes[0][0], changes[0][1])]
        for i, (at, _, offset) in enumerate(changes):
            spells.append((at, changes[i + 1][0] if i + 1 < len(changes) else 10**18, offset))
        instants = [local_us - offset for begin, end, offset in spells
                    if begin <= local_us - offset < end]
        gap = None
        for at, before, after in changes:
            if at + before <= local_us < at + after:
                gap = at
        return instants, gap, [at for at, _, _ in changes]

    def opening(self, local_us):
        instants, gap, _ = self.occurrences(local_us)
        return instants[0] if instants else gap

    def closing(self, local_us):
        instants, gap, changes = self.occurrences(local_us)
        if not instants:
            return gap
        if len(instants) > 1 and instants[-1] in changes:
            return instants[-2]
        return instants[-1]


def easter(year):
    """The ecclesiastical computation by the age of the moon (Knuth, TAOCP 1.3.2, exercise 14)."""
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped = 3 * century // 4 - 12
    corrected = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - skipped - 10
    epact = (11 * golden + 20 + corrected - skipped) % 30
    if (epact == 25 and golden > 11) or epact == 24:
        epact += 1
    moon = 44 - epact
    if moon < 21:
        moon += 30
    moon += 7 - (sunday + moon) % 7
    return dt.date(year, 3, 1) + dt.timedelta(days=moon - 1)


def last_of_month(date):
    return (date + dt.timedelta(days=7)).month != date.month


class Days:
    """A calendar of a week, exceptions, yearly days and validity."""

    def __init__(self, rng, zone, year):
        self.zone, self.clock = zone, Clock.of(zone)
        step = rng.choice([1, 15, 30, 60])

        def hours():
            opens = rng.randrange(0, 1440 // step) * step
            closes = rng.randrange(0, 1440 // step + 1) * step
            if rng.random() < 0.1:
                opens, closes = 0, 1440
            while closes == opens or (closes == 0 and opens == 0):
                closes = rng.randrange(1, 1441)
            return opens, closes

        def some_hours(least):
            return [hours() for _ in range(rng.randint(least, 3))]

        def date():
            return dt.date(year + rng.randint(0, 1), rng.randint(1, 12), rng.randint(1, 28))

        style = rng.random()
        if style < 0.3:
            office = rng.choice([[(540, 1020)], [(540, 750), (810, 1050)], [(480, 1080)]])
            self.week = {day: office for day in range(5)}
        elif style < 0.4:
            self.week = {day: [(0, 1440)] for day in range(7)}
        elif style < 0.5:
            self.week = {day: [(1320, 360)] for day in range(7)}
        else:
            self.week = {day: some_hours(0) for day in range(7)}
            self.week[rng.randrange(7)] = some_hours(1)
        self.closed = {date() for _ in range(rng.randint(0, 4))}
        self.open = {day: some_hours(1) for day in {date() for _ in range(rng.randint(0, 3))}
                     if day not in self.closed}
        self.yearly = {}
        for _ in range(rng.randint(0, 4)):
            kind = rng.randrange(3)
            if kind == 0:
                month = rng.randint(1, 12)
                key = f"{month:02}-{rng.randint(1, 29 if month == 2 else 30):02}"
            elif kind == 1:
                nth = rng.choice(["1st", "2nd", "3rd", "4th", "5th", "last"])
                key = f"{nth} {rng.choice(WEEKDAYS)} {rng.choice(MONTHS)}"
            else:
                key = f"easter{rng.randint(-60, 60):+}"
            self.yearly[key] = some_hours(0) if rng.random() < 0.5 else []
        self.valid_from = dt.date(year, 1, rng.randint(1, 28)) if rng.random() < 0.15 else None
        self.valid_to = dt.date(year + 2, 1, rng.randint(1, 28)) if rng.random() < 0.15 else None

    def toml(self, name):
        def text(hours):
            parts = [f'"{o // 60:02}:{o % 60:02}-{c // 60:02}:{c % 60:02}"' for o, c in hours]
            return "[" + ", ".join(parts) + "]"

        lines = [f"[calendar.{name}]", f'zone = "{self.zone}"']
        week = ", ".join(f"{WEEKDAYS[d]} = {text(h)}" for d, h in sorted(self.week.items()))
        lines.append(f"week = {{ {week} }}")
        lines.append("closed = [" + ", ".join(f'"{d}"' for d in sorted(self.closed)) + "]")
        if self.open:
            lines.append("open = { " + ", ".join(f'"{d}" = {text(h)}' for d, h in
                                                 sorted(self.open.items())) + " }")
        if self.yearly:
            lines.append("yearly = { " + ", ".join(f'"{k}" = {text(h)}' for k, h in
                                                   sorted(self.yearly.items())) + " }")
        if self.valid_from:
            lines.append(f'valid_from = "{self.valid_from}"')
        if self.valid_to:
            lines.append(f'valid_to = "{self.valid_to}"')
        return "\n".join(lines) + "\n"

    def falls_on(self, key, date):
        if key.startswith("easter"):
            away = dt.timedelta(days=int(key[6:]))
            return any(easter(year) + away == date for year in range(date.year - 1, date.year + 2))
        if " " in key:
            nth, weekday, month = key.split()
            if MONTHS[date.month - 1] != month or WEEKDAYS[date.weekday()] != weekday:
                return False
            return last_of_month(date) if nth == "last" else (date.day + 6) // 7 == int(nth[0])
        return f"{date.month:02}-{date.day:02}" == key

    def hours_of(self, date):
        if self.valid_from and date < self.valid_from or self.valid_to and date >= self.valid_to:
            return []
        if date in self.closed:
            return []
        if date in self.open:
            return self.open[date]
        yearly = [hours for key, hours in self.yearly.items() if self.falls_on(key, date)]
        if yearly:
            return [] if [] in yearly else [each for hours in yearly for each in hours]
        return self.week.get(date.weekday(), [])

    def intervals(self, first, last):
        """Merged, in UTC, of the openings on local dates first … last."""
        found = []
        date = first
        while date <= last:
            midnight = us(dt.datetime.combine(date, dt.time()))
            for opens, closes in self.hours_of(date):
                if closes < opens:
                    closes += 1440
                begin = max(self.clock.opening(midnight + opens * 60 * SECOND), us(BEGIN))
                end = min(self.clock.closing(midnight + closes * 60 * SECOND), us(END))
                if begin < end:
                    found.append((begin, end))
            date += dt.timedelta(days=1)
        return merged(found)


def merged(intervals):
    result = []
    for begin, end in sorted(intervals):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


class Algebra:
    """Union, intersection or difference of calendars, by sweeping over every edge."""

    def __init__(self, rng, year):
        self.kind = rng.choice(["union", "intersect", "minus"])
        self.parts = [Days(rng, rng.choice(ZONES), year) for _ in range(rng.randint(2, 3))]

    def toml(self, name):
        names = [f"{name}_{i}" for i in range(len(self.parts))]
        parts = "".join(part.toml(each) for part, each in zip(self.parts, names))
        return parts + f"[calendar.{name}]\n{self.kind} = [" + ", ".join(
            f'"{each}"' for each in names) + "]\n"

    def intervals(self, first, last):
        lists = [part.intervals(first, last) for part in self.parts]
        edges = sorted({edge for each in lists for interval in each for edge in interval})
        found = []
        for begin, end in zip(edges, edges[1:]):
            open_in = [inside(each, begin) for each in lists]
            if self.kind == "union":
                is_open = any(open_in)
            elif self.kind == "intersect":
                is_open = all(open_in)
            else:
                is_open = open_in[0] and not any(open_in[1:])
            if is_open:
                found.append((begin, end))
        return merged(found)


def inside(intervals, at):
    i = bisect.bisect_right(intervals, (at, 10**18)) - 1
    return i >= 0 and intervals[i][0] <= at < intervals[i][1]


def add(intervals, start, duration):
    left = duration
    for begin, end in intervals:
        begin = max(begin, start)
        if begin >= end:
            continue
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None


def between(intervals, a, b):
    return sum(max(0, min(end, b) - max(begin, a)) for begin, end in intervals)


def text_of(at_us):
    whole = shown(at_us).strftime("%Y-%m-%dT%H:%M:%S")
    fraction = at_us % SECOND
    return whole + (f".{fraction:06}" if fraction else "") + "Z"


def duration_text(rng, duration):
    if duration % SECOND:
        return f"{duration // SECOND}s{duration % SECOND}us" if duration >= SECOND else f"{duration}us"
    seconds = duration // SECOND
    form = rng.randrange(3)
    if form == 0 and seconds % 60 == 0:
        return f"{seconds // 60}m"
    if form == 1 and seconds >= 3600:
        return f"{seconds // 3600}h{seconds % 3600}s"
    return f"{seconds}s"


def answers(program, verb, toml, name, lines):
    ran = subprocess.run([program, "calendar", verb, "--config", toml, "--calendar", name],
                         input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout.split(), ran.stderr.strip()


def run(program, cases, seed, per_calendar=50):
    rng = random.Random(seed)
    done = 0
    folder = tempfile.mkdtemp(prefix="calendar-differential-")
    path = os.path.join(folder, "calendar.toml")
    while done < cases:
        zone = rng.choice(ZONES)
        year = rng.randint(1990, 2040)
        if zone in RARE_YEARS and rng.random() < 0.5:
            year = RARE_YEARS[zone]
        calendar = Algebra(rng, year) if rng.random() < 0.1 else Days(rng, zone, year)
        toml = calendar.toml("c")
        with open(path, "w", encoding="ascii") as file:
            file.write(toml)
        # Openings of a window that holds the questions; an answer beyond it is not compared.
        first, last = dt.date(year - 1, 12, 25), dt.date(year + 1, 12, 31)
        intervals = calendar.intervals(first, last)
        window_end = us(dt.datetime.combine(last, dt.time())) - 2 * 86400 * SECOND
        window_begin = us(dt.datetime(year, 1, 1))
        edges = [edge for interval in intervals for edge in interval]

        def instant():
            at = window_begin + rng.randrange(0, 365 * 86400) * SECOND
            if edges and rng.random() < 0.3:
                at = max(window_begin, rng.choice(edges) + rng.choice([-1, 0, 0, 1]))
            elif rng.random() < 0.1:
                at += rng.randrange(SECOND)
            return min(at, window_end)

        adds, betweens = [], []
        for _ in range(per_calendar):
            hours = rng.choice([1, 8, 40, 400])
            duration = rng.randrange(1, hours * 3600) * SECOND
            if rng.random() < 0.3:
                duration = rng.randint(1, hours * 4) * 900 * SECOND
            if rng.random() < 0.05:
                duration += rng.randrange(SECOND)
            adds.append((instant(), duration))
            betweens.append(tuple(sorted((instant(), instant()))))
        add_lines = [f"{text_of(t)} {duration_text(rng, d)}" for t, d in adds]
        between_lines = [f"{text_of(a)} {text_of(b)}" for a, b in betweens]

        problems = []
        code, got, error = answers(program, "add", path, "c", add_lines)
        if code == 7 and "no open time" in error:
            if intervals:
                return fail(seed, toml, "the calendar", "accepted", error)
            continue
        if code != 0 or len(got) != len(adds):
            return fail(seed, toml, "add", "answers to every line", f"exit {code}: {error}")
        for (t, d), line, answer in zip(adds, add_lines, got):
            expected = add(intervals, t, d)
            if expected is None or expected > window_end:
                if answer != "never" and answer < text_of(window_end):
                    problems.append(("add " + line, "later than " + text_of(window_end), answer))
            elif answer != text_of(expected):
                problems.append(("add " + line, text_of(expected), answer))
        code, got, error = answers(program, "between", path, "c", between_lines)
        if code != 0 or len(got) != len(betweens):
            return fail(seed, toml, "between", "answers to every line", f"exit {code}: {error}")
        for (a, b), line, answer in zip(betweens, between_lines, got):
            expected = between(intervals, a, b)
            text = f"{expected / SECOND:.6f}".rstrip("0").rstrip(".")
            if answer != text:
                problems.append(("between " + line, text, answer))
        if problems:
            # The question that spans least says most.
            return fail(seed, toml, *min(problems, key=lambda problem: len(problem[0])))
        done += 2 * per_calendar
    os.remove(path)
    os.rmdir(folder)
    print(f"calendar differential: {done} answers agree (seed {seed}, {len(ZONES)} zones, "
          "years 1990 to 2040)")
    return 0


def fail(seed, toml, question, expected, answer):
    print(f"seed {seed}: the program and the rules disagree on\n\n{toml}\n  {question}\n"
          f"  rules:   {expected}\n  program: {answer}", file=sys.stderr)
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    return run(arguments.program, arguments.cases, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
