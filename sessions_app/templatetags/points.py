from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext

from sessions_app.markers import FEELING_MAX, FEELINGS

register = template.Library()


@register.filter
def points(tenths: int | None) -> str:
    """Tenths as points with one decimal, 315 → 31.5; an empty text where there are none."""
    return "" if tenths is None else number_format(tenths / 10, 1)


@register.filter
def felt(feelings: dict[str, int]) -> str:
    """Each feeling in words with its level, as "irritation 4/5", in the order of the list."""
    return ", ".join(
        f"{gettext(name)} {feelings[code]}/{FEELING_MAX}"
        for code, name in FEELINGS.items()
        if code in feelings
    )
