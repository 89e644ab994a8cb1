"""The four lines as a therapist types them."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class PointsField(forms.DecimalField):
    """Points with one decimal, after a point or a comma: hands write both in any language."""

    def __init__(self, **kwargs):
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(localize=True, widget=widget, **kwargs)

    def to_python(self, value):
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


def line_field(line: str, **kwargs) -> PointsField:
    return PointsField(
        label=LINE_NAMES[line],
        min_value=Decimal(0),
        max_value=Decimal(10),
        decimal_places=1,
        error_messages={
            "max_value": _("A line ends at 10.0. Enter a number from 0.0 to 10.0."),
            "min_value": _("A line begins at 0.0. Enter a number from 0.0 to 10.0."),
            "max_decimal_places": _("Enter one decimal, such as 8.4."),
        },
        **kwargs,
    )


LINE_NAMES = {
    "relationship": _("Relationship"),
    "goals": _("Goals and topics"),
    "approach": _("Way of working"),
    "overall": _("The hour as a whole"),
}


def tenths(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 10)
