"""For lists of many rows: what a row would draw again and again is drawn once."""

from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()

ANY_KEY = UUID(int=0)


@register.filter
def page_of(key: UUID, name: str) -> str:
    """The address of the page `name` of what has `key`, as `{% url name key %}`, which looks
    through all addresses each time."""
    before, after = _around_the_key(name)
    return f"{before}{key}{after}"


@lru_cache
def _around_the_key(name: str) -> list[str]:
    return reverse(name, args=[ANY_KEY]).split(str(ANY_KEY))


@register.filter
def facts(pairs: Iterable[tuple[str, str]]) -> SafeString:
    """Names with their figures, for a `<dl>`."""
    return SafeString(
        "".join(f"<dt>{escape(name)}</dt><dd>{escape(figure)}</dd>" for name, figure in pairs)
    )


@register.tag
def same_in_each_row(parser, token):
    """`{% same_in_each_row %}…{% end_same %}` is drawn in the first row of a loop that gets
    there, and stands in the later ones as it is. It must not name anything of the row."""
    inside = parser.parse(["end_same"])
    parser.delete_first_token()
    return _SameInEachRow(inside)


class _SameInEachRow(template.Node):
    def __init__(self, nodelist: template.NodeList):
        self.nodelist = nodelist

    def render(self, context) -> str:
        # of this drawing alone, and gone with its last row; outside of a loop nothing is kept
        loop = context.get("forloop", {})
        if self not in loop:
            loop[self] = self.nodelist.render(context)
        return loop[self]
