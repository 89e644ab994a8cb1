"""Geometry of the small line beside a row of the queue: the last ten ratings on 0-40."""

from collections.abc import Sequence
from dataclasses import dataclass

from ruptures.charts.axes import ALL_TOTALS
from ruptures.charts.drawing.plane import px, y_scale
from ruptures.charts.sessions import may_join, runs
from ruptures.charts.wording import PLAIN, Wording

SESSIONS_SHOWN = 10
WIDTH, HEIGHT, MARGIN = 120, 32, 4


@dataclass(frozen=True)
class Sparkline:
    """What the filter `sparkline` draws; `words` says the same as text."""

    words: str
    cutoff_y: str
    polylines: list[str]
    dots: list[tuple[str, str]]
    gaps: list[str]
    width: int = WIDTH
    height: int = HEIGHT


def draw_sparkline(
    totals: Sequence[int | None], *, cutoff: int, wording: Wording = PLAIN
) -> Sparkline:
    """The last ten `totals` in tenths, oldest first; None where a session has none.

    The scale is 0-40 always, so that rows of a list compare by eye.
    """
    shown = list(totals)[-SESSIONS_SHOWN:]
    y = y_scale(ALL_TOTALS, MARGIN, HEIGHT - MARGIN)
    xs = [px(MARGIN + i * (WIDTH - 2 * MARGIN) / (SESSIONS_SHOWN - 1)) for i in range(len(shown))]
    points = [
        None if total is None else (x, px(y(total))) for x, total in zip(xs, shown, strict=True)
    ]
    joined = runs(shown) if may_join(shown) else []
    return Sparkline(
        words=_words(shown, wording),
        cutoff_y=px(y(cutoff)),
        polylines=[" ".join(",".join(points[i]) for i in run) for run in joined if len(run) > 1],
        dots=[point for point in points if point],
        gaps=[x for x, point in zip(xs, points, strict=True) if not point],
    )


def _words(totals: list[int | None], wording: Wording) -> str:
    _ = wording.translate
    if not totals:
        return _("No ratings yet")
    said = [_("none") if total is None else wording.score(total) for total in totals]
    return _("Last totals, oldest first: {totals}").format(totals=", ".join(said))
