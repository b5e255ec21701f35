"""Small SVG plots, by gnuplot."""

import shutil
import subprocess

from .store import say

HEAD = """set terminal svg size 760,400 font 'sans,12' background rgb 'white'
set output '{file}'
set title '{title}'
set grid ytics lc rgb '#dddddd'
set border 3 lc rgb '#888888'
set tics nomirror
set key outside right top
"""

THOUSANDS = "%.0s %c"


def bars(file, title, series, groups, y_format="%g", from_value=None):
    """`groups`: (label, a value or None per series). With `from_value` logarithmic, from there."""
    script = HEAD + "set style data histogram\nset style histogram cluster gap 1\n"
    script += "set style fill solid 0.8 noborder\nset boxwidth 0.9\nset yrange [0:*]\n"
    if from_value:
        script += f"set logscale y\nset yrange [{from_value}:*]\n"
    script += f"set format y '{y_format}'\nset xtics rotate by -25\n"
    used = [i for i in range(len(series)) if any(values[i] for _, values in groups)]
    script += "plot " + ", ".join(
        f"'-' using 2:xtic(1) title '{series[i]}'" for i in used) + "\n"
    for i in used:
        for label, values in groups:
            script += f"\"{label}\" {values[i] if values[i] else 0}\n"
        script += "e\n"
    draw(file, title, script)


def lines(file, title, x_title, y_title, series, y_format="%g"):
    """`series`: name → [(x, y)]; x is logarithmic."""
    script = HEAD + f"set logscale x\nset format x '%.0s%c'\nset xlabel '{x_title}'\n"
    script += f"set ylabel '{y_title}'\n"
    script += f"set yrange [0:*]\nset format y '{y_format}'\n"
    script += "plot " + ", ".join(
        f"'-' using 1:2 with linespoints pt 7 ps 0.5 lw 2 title '{name}'" for name in series) + "\n"
    for points in series.values():
        script += "".join(f"{x} {y}\n" for x, y in points) + "e\n"
    draw(file, title, script)


def draw(file, title, script):
    if shutil.which("gnuplot") is None:
        say("no gnuplot, no plot: tools/setup --bench installs it")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    script = script.replace("{file}", str(file)).replace("{title}", title)
    subprocess.run(["gnuplot"], input=script, text=True, check=True)
