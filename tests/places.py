"""Where tests lie that are marked by it, so that a part of the suite reads no other files."""

from pathlib import Path

HERE = Path(__file__).parent
JOURNEYS = [HERE / "journeys"]
STACKS = [HERE / name for name in ("alliance", "deploy", "faults", "journeys")]
PAGES = [
    HERE / "ruptures" / "views",
    HERE / "sessions_app" / "views",
    *(HERE / f"test_{what}.py" for what in ("access_matrix", "canaries", "languages", "markup")),
    HERE / "alliance" / "test_headers.py",
    *(
        HERE / "accounts" / f"test_{what}.py"
        for what in ("audit", "invitations", "languages", "second_factor", "sessions", "sign_in")
    ),
]


def lies_in(path: Path, places: list[Path]) -> bool:
    return any(path.is_relative_to(place) for place in places)
