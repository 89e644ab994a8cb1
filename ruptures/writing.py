"""Figures as the reader's language writes them."""

from django.utils.formats import number_format


def one_decimal(value: float) -> str:
    """Rounded, 31.5 or 31,5. Django alone would cut the other decimals off."""
    return number_format(f"{value:.1f}")
