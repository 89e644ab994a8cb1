"""`python -m benchmarks.lighthouse`: the client's form on a slow tablet, as Lighthouse sees it.

Starts a demo installation of its own and opens the form of one ticket in Chromium, with an empty
cache each time. Ends with 1 where a bar is missed. Needs Node, npm, Chromium and, the first time,
npm's registry: Lighthouse is installed beside this file, as its lock file says.
"""

import os
import sys

from benchmarks.lighthouse import tool
from benchmarks.lighthouse.visit import waiting_form

LOWEST_SCORE = 95
USABLE_WITHIN_MS = 1000


def main() -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "alliance.settings", "DEMO": "1"}
    tool.install()
    with waiting_form() as form:
        scored = tool.run(form, tool.SCORED)
        print(tool.versions(scored))
        missed = bars_missed(scored, tool.run(form, tool.WIFI))
        print(f"   (no bar) {usable(tool.run(form, tool.SLOW_4G)):.0f} ms until usable, slow 4G")
    for bar in missed:
        print(f"MISSED: {bar}")
    return 1 if missed else 0


def bars_missed(scored: dict, wifi: dict) -> list[str]:
    """Prints what was measured. Returns what is below its bar, in words."""
    missed = []
    for name, category in scored["categories"].items():
        score = round(category["score"] * 100)
        print(f"{score:>11} {name}, at least {LOWEST_SCORE}")
        if score < LOWEST_SCORE:
            missed.append(name)
    for name, unit in tool.FIGURES.items():
        print(f"{scored['audits'][name]['numericValue']:>11.0f} {unit} {name}")
    print(f"{usable(wifi):>11.0f} ms until usable, Wi-Fi, at most {USABLE_WITHIN_MS}")
    if usable(wifi) > USABLE_WITHIN_MS:
        missed.append("usable on Wi-Fi")
    return missed


def usable(report: dict) -> float:
    """Until the four lines can be marked and *Done* answers: the mark that rating-form.js sets."""
    timings = report["audits"]["user-timings"]["details"]["items"]
    return next(timing["startTime"] for timing in timings if timing["name"] == "form-usable")


if __name__ == "__main__":
    sys.exit(main())
