"""Figures as text."""

import statistics


def spread(values, form):
    """The median, with smallest and largest if there are several."""
    values = [value for value in values if value is not None]
    if not values:
        return "–"
    middle = form(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({form(min(values))}–{form(max(values))})"


def thousands(value):
    return f"{value / 1000:.1f} k" if value < 10_000 else f"{value / 1000:.0f} k"


def per_second(value):
    """14.9 M, 0.97 M, 127 k."""
    return f"{value / 1e6:.3g} M" if value >= 950_000 else thousands(value)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def count(number):
    """10 k, 3 M."""
    for size, unit in ((1_000_000, " M"), (1_000, " k")):
        if number >= size and number % size == 0:
            return f"{number // size}{unit}"
    return f"{number:,}"
