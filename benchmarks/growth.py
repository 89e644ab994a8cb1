"""Two sizes of a clinic, page by page."""

from collections.abc import Iterator


def table(small: dict, large: dict) -> str:
    """How much slower each page is in the larger clinic, measured against the plain page of its
    own run, so that what else the machine did in between counts on both sides."""
    return "\n".join(
        [
            f"{'':<38}{'small':>9}{'large':>9}{'slower':>9}   times the plain page",
            *(
                f"{row['title']:<38}{row['ratio']:>9.2f}{after['ratio']:>9.2f}"
                f"{after['ratio'] / row['ratio']:>9.2f}"
                for row, after in _both(small, large)
            ),
        ]
    )


def _both(small: dict, large: dict) -> Iterator[tuple[dict, dict]]:
    for name, row in small["subjects"].items():
        if row["compared_with"] == "plain":
            yield row, large["subjects"][name]
