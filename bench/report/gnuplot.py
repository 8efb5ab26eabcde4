# SPDX-License-Identifier: MIT OR Apache-2.0
"""Draw plots with gnuplot, as SVG and PNG."""
import re
import shutil
import subprocess

import axes

WIDTH, HEIGHT = 960, 520
FONT = 'DejaVu Sans,Verdana,Arial,sans-serif'


class Missing(Exception):
    """There is no gnuplot."""


def there():
    return shutil.which('gnuplot') is not None


def marked(label):
    """A text of ours, in which ^{} raises what is in it."""
    return "'" + re.sub(r'([@&~_\\])', r'\\\1', label).replace("'", "''") + "'"


def quoted(label):
    """A name of anybody's, without marks."""
    return "'" + re.sub(r'([@&~_\\{}^])', r'\\\1', label).replace("'", "''") + "'"


def bold(label):
    return "'{/:Bold " + quoted(label)[1:-1] + "}'"


def axis_lines(name, axis, values, pad):
    """The range, the scale and the ticks of an axis."""
    if axis.ticks and isinstance(axis.ticks[0], tuple):
        ticks = [(at, label) for at, label in axis.ticks]
        room = (ticks[-1][0] - ticks[0][0]) * 0.04
        low, high = ticks[0][0] - room, ticks[-1][0] + room
    else:
        low, high = axes.limits(values, axis.log, pad)
        at = axis.ticks or (axes.decades(low, high) if axis.log else
                            axes.bytes_even(high) if axis.form == 'bytes' else axes.even(low, high))
        ticks = [(one, axes.FORMS[axis.form](one)) for one in at]
    words = [f'{marked(label.replace("%", "%%"))} {at:.9g}' for at, label in ticks]
    found = [f'set {name}label {marked(axis.label)}',
             f'set {name}range [{low:.9g}:{high:.9g}]',
             f'set {name}tics ({", ".join(words)})']
    if axis.log:
        found.append(f'set logscale {name}')
    return found


def spread(plot, number, x):
    """Curves with intervals stand a little beside each other, where points share few places."""
    if not plot.x.log or len(plot.curves) < 2:
        return 1
    return (max(x) / min(x))**(0.02 * (number / (len(plot.curves) - 1) - 0.5))


def script(plot):
    """What gnuplot is told, but for the kind of file."""
    x = [point[0] for curve in plot.curves for point in curve.points]
    y = [point[1] for curve in plot.curves for point in curve.points]
    found = [
        'set encoding utf8', 'set clip one', 'set clip two',
        "set border 3 lc rgb '#444444'",
        'set tics nomirror out scale 0.6',
        "set grid lc rgb '#dddddd' lw 1 dt solid",
        'set key outside right top vertical maxrows 99 Left reverse samplen 3.2 spacing 1.15',
        'set tmargin 3.2', f'set label {marked(plot.title)} at screen 0.014, 0.955 left font ",15"',
        *axis_lines('x', plot.x, x, 0.04), *axis_lines('y', plot.y, y, 0.06)]
    if plot.mark and min(x) < plot.mark < max(x):
        found += [f'set arrow from {plot.mark}, graph 0 to {plot.mark}, graph 1 nohead dt (3,4) '
                  "lw 1.2 lc rgb '#888888'",
                  f"set label '{plot.mark} processors' at {plot.mark}, graph 0.03 offset 0.6,0 "
                  "tc rgb '#666666' font ',11'"]
    drawn, above = [], []
    for number, curve in enumerate(plot.curves):
        bars = all(point[2] is not None for point in curve.points)
        found.append(f'$d{number} << END')
        beside = spread(plot, number, x)
        found += [' '.join(f'{value:.9g}' for value in (point[0] * beside, *point[1:])
                           if value is not None) for point in curve.points]
        found.append('END')
        style = curve.style
        ours = style.width > 2
        look = f"dt {style.dash} lw {style.width} lc rgb '{style.colour}'"
        label = (bold if ours else quoted)(curve.label)
        mark = f'pt {style.point} ps {1 if ours else 0.85} pi {len(curve.points) // 12 + 1}'
        if bars:
            drawn.append(f"$d{number} using 1:3:(0):($4-$3) with vectors nohead lw 1.4 dt 1 "
                         f"lc rgb '#80{style.colour[1:]}' notitle")
        curve_of = f'$d{number} using 1:2 with linespoints {look} {mark}'
        drawn.append(f'{curve_of} title {label}')
        if ours:
            above.append(f'{curve_of} notitle')
    found.append('plot ' + ', \\\n  '.join(drawn + above))
    return '\n'.join(found) + '\n'


def height(plot):
    """A legend of many wants more than usual."""
    return max(HEIGHT, 130 + 24 * len(plot.curves))


def terminal(path, plot):
    if path.suffix == '.svg':
        return (f"set terminal svg size {WIDTH},{height(plot)} dynamic enhanced font '{FONT},13' "
                f"background '#ffffff' linewidth 1 dashlength 1\n")
    return (f"set terminal pngcairo size {WIDTH * 2},{height(plot) * 2} enhanced font 'DejaVu Sans,13' "
            f"background '#ffffff' fontscale 2 linewidth 2 pointscale 2 dashlength 1\n")


def draw(plot, *paths):
    """The plot in files of these names."""
    if not there():
        raise Missing
    for path in paths:
        told = f"{terminal(path, plot)}set output '{path.name}'\n{script(plot)}"
        done = subprocess.run(['gnuplot'], input=told, cwd=path.parent, text=True, encoding='utf-8',
                              capture_output=True, check=False, timeout=60)
        if done.returncode or not path.exists():
            raise OSError(f'gnuplot: {plot.name}: {done.stderr.strip() or "no file"}')
