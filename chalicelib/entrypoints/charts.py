"""Charts as SVG without script or style: a title and a summary for those who listen, values printed.

The box is that of a telephone (360 wide), so that words keep their size there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 8, 352, 46, 180
WIDEST_BAR = 40
SIGN = 6.2
"""About the width of a letter."""
INK, LINE = "#212b32", "#768692"
LOOKS = {"red": "#b3122a", "orange": "url(#{}-hatch)", "silent": "#d5dde0", "plain": "#1b6e78"}
"""Levels differ in pattern and brightness too, not in colour alone."""


class Series(msgspec.Struct, frozen=True):
    """One kind of thing, a value for each bar."""

    name: str
    look: str
    values: tuple[float, ...]


class Chart(msgspec.Struct, frozen=True):
    """Stacked bars; `marks` are a second version's totals."""

    id: str
    """Makes the ids inside its own on the page."""
    title: str
    summary: str
    below: str
    """What the labels under the bars are."""
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    marks: tuple[float, ...] = ()
    marks_name: str = ""

    @property
    def totals(self) -> list[float]:
        """The height of each bar."""
        return [sum(values) for values in zip(*(one.values for one in self.series), strict=True)]


def svg(chart: Chart) -> Markup:
    """The picture."""
    named = f"{chart.id}-t {chart.id}-d"
    parts = [
        _tag("title", chart.title, id=f"{chart.id}-t"),
        _tag("desc", chart.summary, id=f"{chart.id}-d"),
        _hatch(chart),
        *_legend(chart),
        *_bars(chart, chart.totals),
        _tag("path", d=f"M{LEFT} {BOTTOM}H{RIGHT}", stroke=LINE),
        _text((LEFT + RIGHT) / 2, HEIGHT - 6, chart.below),
    ]
    box = f"0 0 {WIDTH} {HEIGHT}"
    looks = {"viewBox": box, "role": "img", "aria-labelledby": named, "font-size": 11, "fill": INK}
    return _tag("svg", *parts, **looks)


def _legend(chart: Chart) -> Iterator[Markup]:
    x = float(LEFT)
    for one in chart.series if len(chart.series) > 1 or chart.marks else ():
        yield _box(chart, one.look, x, 6, 11, 11)
        yield _text(x + 15, 16, one.name, anchor="start")
        x += 26 + SIGN * len(one.name)
    if chart.marks:
        y = 12 if len(chart.series) == 1 else 28
        x = x if len(chart.series) == 1 else float(LEFT)
        yield _mark(x, y, 11)
        yield _text(x + 15, y + 4, chart.marks_name, anchor="start")


def _bars(chart: Chart, totals: Sequence[float]) -> Iterator[Markup]:
    scale = (BOTTOM - TOP) / max([*totals, *chart.marks, 1.0])
    room = (RIGHT - LEFT) / max(len(chart.labels), 1)
    wide = min(room * 0.7, WIDEST_BAR)
    for number, label in enumerate(chart.labels):
        middle, top = LEFT + room * (number + 0.5), float(BOTTOM)
        for one in chart.series:
            high = one.values[number] * scale
            top -= high
            yield _box(chart, one.look, middle - wide / 2, top, wide, high)
        if chart.marks:
            mark = BOTTOM - chart.marks[number] * scale
            yield _mark(middle - wide / 2 - 2, mark, wide + 4)
            top = min(top, mark)
        yield _text(middle, top - 4, f"{totals[number]:.0f}")
        yield _text(middle, BOTTOM + 14, label)


def _hatch(chart: Chart) -> Markup:
    pattern = _tag(
        "pattern",
        _tag("rect", width=6, height=6, fill="#ffd27a"),
        _tag("rect", width=2.5, height=6, fill="#8a4b00"),
        id=f"{chart.id}-hatch",
        width=6,
        height=6,
        patternUnits="userSpaceOnUse",
        patternTransform="rotate(45)",
    )
    return _tag("defs", pattern)


def _box(chart: Chart, look: str, x: float, y: float, wide: float, high: float) -> Markup:
    fill = LOOKS[look].format(chart.id)
    outline = {"stroke": INK, "stroke-width": 0.5}
    return _tag("rect", x=round(x, 1), y=round(y, 1), width=wide, height=round(high, 1), fill=fill, **outline)


def _mark(x: float, y: float, wide: float) -> Markup:
    return _tag("path", d=f"M{x:.1f} {y:.1f}h{wide:.1f}", stroke=INK, **{"stroke-width": 2.5})


def _text(x: float, y: float, words: str, anchor: str = "middle") -> Markup:
    return _tag("text", words, x=round(x, 1), y=round(y, 1), **{"text-anchor": anchor})


def _tag(name: str, *inside: str, **attributes: object) -> Markup:
    """An element; words in it and values of its attributes are escaped."""
    said = Markup("").join(Markup(' {}="{}"').format(Markup(key), value) for key, value in attributes.items())  # noqa: S704
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), said, Markup("").join(inside))  # noqa: S704
