from django import template
from django.utils.formats import number_format

register = template.Library()


@register.filter
def points(tenths: int | None) -> str:
    """Tenths as points with one decimal, 315 → 31.5; an empty text where there are none."""
    return "" if tenths is None else number_format(tenths / 10, 1)
