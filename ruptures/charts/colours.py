"""Colours of figures and of pictures for mail: the light values of static/css/tokens.css.

In a page the script swaps each for its CSS variable, so that dark mode follows.
"""

LINE = "#0072b2"
STRAIN = "#d55e00"
REPAIR = "#009e73"
CUTOFF = "#6b5b00"
INK = "#1f2629"
INK_SOFT = "#555f64"
RULE = "#dcd7cc"
RULE_STRONG = "#858d8f"
SURFACE = "#ffffff"
BAND = "rgba(0, 114, 178, 0.12)"
STRAIN_GROUND = "#fcf0d6"
ON_STRAIN = "#7d4e00"

VARIABLES = {
    LINE: "--chart-line",
    STRAIN: "--chart-strain",
    REPAIR: "--chart-repair",
    CUTOFF: "--chart-cutoff",
    INK: "--ink",
    INK_SOFT: "--ink-soft",
    RULE: "--rule",
    RULE_STRONG: "--rule-strong",
    SURFACE: "--surface",
    BAND: "--chart-band",
    STRAIN_GROUND: "--strain-ground",
    ON_STRAIN: "--strain",
}

MARKS = {
    "withdrawal": STRAIN,
    "confrontation": STRAIN,
    "repair": REPAIR,
    "partial": STRAIN,
    "recovered": REPAIR,
    "held": REPAIR,
    "unresolved": STRAIN,
    "incomplete": LINE,
    "no_form": INK_SOFT,
    "no_show": INK_SOFT,
    "cancelled": INK_SOFT,
}

# Marks made of strokes alone; the others are filled.
STROKED = ("incomplete", "partial", "no_form", "no_show", "cancelled")
