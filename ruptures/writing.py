"""Figures as the reader's language writes them."""

from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language


def one_decimal(value: float) -> str:
    """Rounded, 31.5 or 31,5. Django alone would cut the other decimals off."""
    return _written(f"{value:.1f}", get_language())


@lru_cache(maxsize=4096)
def _written(text: str, language: str | None) -> str:
    """A page writes hundreds of figures, few of them different."""
    return number_format(text)
