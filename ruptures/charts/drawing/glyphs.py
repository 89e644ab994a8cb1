"""The outline of each mark, around 0, 0 and 10 px across. Shape alone tells them apart."""

_RING = "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z"

GLYPHS = {
    "withdrawal": "M-5-4H5L0 5z",
    "confrontation": "M-5 4H5L0-5z",
    "repair": "M-1.7-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5V-1.7H-1.7z",
    "partial": "M0-5L5 0L0 5L-5 0zM0-2.8L-2.8 0L0 2.8L2.8 0z",
    "recovered": "M0-5L5 0L0 5L-5 0z",
    "held": "M0-5.6L1.4-1.9L5.3-1.7L2.2 .7L3.3 4.5L0 2.3L-3.3 4.5L-2.2 .7L-5.3-1.7L-1.4-1.9z",
    "unresolved": "M-4-4H4V4H-4z",
    "incomplete": _RING,
    "no_form": "M-4-4L4 4M-4 4L4-4",
    "no_show": _RING + "M-3.2 3.2L3.2-3.2",
    "cancelled": "M-4 0H4",
}
