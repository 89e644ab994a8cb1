from django import template

from sessions_app.models.shown import ShownByChoice

register = template.Library()


@register.filter
def print_of(row: ShownByChoice, part: str) -> str:
    """What the button sends along that shows this part to supervision."""
    return row.print_of(part)
