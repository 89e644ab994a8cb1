"""What a drawing or a table holds by the hundred, as markup in one go. Node by node a template
spends more on it than a page spends on its queries."""

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from ruptures.charts.drawing.panels import DrawnPanel
from ruptures.charts.drawing.sparkline import Sparkline
from ruptures.charts.tables import Table

register = template.Library()

DOT = '<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>'
SMALL_DOT = '<circle class="chart-dot" cx="{}" cy="{}" r="{}"/>'
SMALL, NEWEST = "1.8", "3"


@register.filter
def panel_dots(panel: DrawnPanel) -> SafeString:
    """Each with its session in words, for the pointer."""
    kinds = {False: "chart-dot", True: "chart-dot chart-dot--hollow"}
    return format_html_join(
        "\n",
        DOT,
        ((kinds[dot.is_hollow], dot.x, dot.y, panel.radius, dot.words) for dot in panel.dots),
    )


@register.filter
def small_dots(sparkline: Sparkline) -> SafeString:
    """The newest the largest."""
    sizes = [SMALL] * (len(sparkline.dots) - 1) + [NEWEST]
    return format_html_join(
        "", SMALL_DOT, ((x, y, size) for (x, y), size in zip(sparkline.dots, sizes, strict=False))
    )


@register.filter
def body_rows(table: Table) -> SafeString:
    """The first cell of a row is its head."""
    return SafeString("\n".join(_row(row) for row in table.rows))


def _row(row: tuple[str, ...]) -> SafeString:
    head, *cells = map(escape, row)
    return SafeString(f'<tr><th scope="row">{head}</th><td>{"</td><td>".join(cells)}</td></tr>')
