"""What a drawing or a table holds by the hundred, as markup in one go. Node by node a template
spends more on it than a page spends on its queries."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from ruptures.charts.drawing.panels import DrawnPanel
from ruptures.charts.drawing.sparkline import Sparkline
from ruptures.charts.tables import Table

register = template.Library()

DOT = '<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>'
SMALL_DOT = '<circle class="chart-dot" cx="{}" cy="{}" r="{}"/>'
GAP = (
    '<path class="chart-gap" transform="translate({} {}) translate(0 -4)" d="M-2-2L2 2M-2 2L2-2"/>'
)
# Coordinates are numbers that the drawing wrote: of a dot its words alone are escaped.
SMALL, NEWEST = "1.8", "3"


@register.filter
def panel_dots(panel: DrawnPanel) -> SafeString:
    """Each with its session in words, for the pointer."""
    kinds = {False: "chart-dot", True: "chart-dot chart-dot--hollow"}
    return SafeString(
        "\n".join(
            DOT.format(kinds[dot.is_hollow], dot.x, dot.y, panel.radius, escape(dot.words))
            for dot in panel.dots
        )
    )


@register.filter
def sparkline(drawing: Sparkline) -> SafeString:
    """The small line of a row, and its words; the newest dot is the largest."""
    words, width, height = escape(drawing.words), drawing.width, drawing.height
    sizes = [SMALL] * (len(drawing.dots) - 1) + [NEWEST]
    dots = zip(drawing.dots, sizes, strict=False)
    return SafeString(
        "".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-svg chart-sparkline" '
                f'role="img" direction="ltr" viewBox="0 0 {width} {height}" width="{width}" '
                f'height="{height}" aria-label="{words}"><title>{words}</title>'
                f'<line class="chart-cutoff" x1="0" x2="{width}" y1="{drawing.cutoff_y}" '
                f'y2="{drawing.cutoff_y}"/>',
                *(f'<polyline class="chart-line" points="{run}"/>' for run in drawing.polylines),
                *(SMALL_DOT.format(x, y, size) for (x, y), size in dots),
                *(GAP.format(x, height) for x in drawing.gaps),
                "</svg>",
            ]
        )
    )


@register.filter
def body_rows(table: Table) -> SafeString:
    """The first cell of a row is its head."""
    return SafeString("\n".join(_row(row) for row in table.rows))


def _row(row: tuple[str, ...]) -> SafeString:
    head, *cells = map(escape, row)
    return SafeString(f'<tr><th scope="row">{head}</th><td>{"</td><td>".join(cells)}</td></tr>')
