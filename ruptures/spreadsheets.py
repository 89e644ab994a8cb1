"""Cells that a spreadsheet would take for a formula, made harmless."""

from collections.abc import Iterable

# What begins a formula in one spreadsheet or another; tab and return hide one.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(row: Iterable) -> list:
    """Texts that would be computed get an apostrophe before them. Numbers stay numbers."""
    return [_cell(value) for value in row]


def _cell(value):
    if isinstance(value, str) and value.lstrip(" ").startswith(STARTS):
        return f"'{value}"
    return value
