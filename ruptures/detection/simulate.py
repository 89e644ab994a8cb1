"""How often the rules fire, right and wrong, on made clients; and the run lengths of the CUSUM.

    python -m ruptures.detection.simulate [--runs N] [--seed S] [--write docs/detection.md]

Run lengths are compared with published ones, so `drift` is known to step as in the literature.
The operating figures are a simulation, not data: real clients differ from it.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from ruptures.detection.baseline import cusum_step
from ruptures.detection.history import History
from ruptures.detection.policy import DEFAULT_POLICY
from ruptures.detection.screen import Screening, screen
from ruptures.detection.vocabulary import Level, Source
from sessions_app import srs

RUNS = 100_000
SEED = 20261
VECTORS = Path(__file__).parents[2] / "tests" / "vectors" / "arl_vectors.json"
BEGIN, END = "<!-- simulation:begin -->", "<!-- simulation:end -->"

# the made clients of the clinical reference, section 7, in points
SESSIONS = 12
LATENT_MEAN = 38.5
BETWEEN_SPREAD = 3.5
WITHIN_SPREAD = 2.5
LINE_SPREAD = 0.46  # not in the reference: chosen so that `low_line` fires as often as there
FIRST_DAY = date(2026, 1, 5).toordinal()


@dataclass(frozen=True)
class RunLength:
    """One published mean run length, and how the chart that has it is set up."""

    name: str
    shift: float
    limit: float
    two_sided: bool
    headstart: float
    published: float


@dataclass(frozen=True)
class Strain:
    """Something that happens to the latent total from a session on, in points a session."""

    name: str
    changes: tuple[float, ...]
    reference: float
    first: int = 7

    @property
    def last(self) -> int:
        return self.first + len(self.changes) - 1


STRAINS = (
    Strain("one session 6 lower", (-6.0,), 48),
    Strain("two sessions 5 lower", (-5.0, -5.0), 56),
    Strain("5 lower from then on", (-5.0,) * 6, 83),
    Strain("a slide of 0.6 a session over 8", tuple(-0.6 * n for n in range(1, 9)), 63, first=5),
)
REFERENCE_RATES = {"step_drop": 26, "low_total": 27, "low_line": 43}
REFERENCE_MODERATE = {"sessions": 2.4, "clients": 19}


def published_run_lengths(path: Path = VECTORS) -> list[RunLength]:
    """The published values, one-sided and two-sided, with and without headstart."""
    vectors = json.loads(path.read_text())
    one = vectors["cusum_one_sided"]
    brook = one["brook_evans_1972"]
    rows = [
        RunLength("one-sided, Brook & Evans", row["shift"], brook["h"], False, 0, row["published"])
        for row in brook["rows"]
    ]
    for design in one["design_k0.5_computed"]:
        shifts = {"0": design["ARL0"], **design["ARL_shift"]}
        rows += [
            RunLength("one-sided, computed", float(shift), design["h"], False, 0, value)
            for shift, value in shifts.items()
        ]
    table = vectors["cusum_two_sided"]["lucas_crosier_1982_table1"]
    limit = table["params"]["h"]
    for row in table["rows"]:
        shift = row["shift"]
        plain, head = row["no_headstart"]["published"], row["headstart_h_over_2"]["published"]
        rows.append(RunLength("two-sided, Lucas & Crosier", shift, limit, True, 0, plain))
        rows.append(RunLength("two-sided, headstart", shift, limit, True, limit / 2, head))
    return rows


def mean_run_length(case: RunLength, runs: int, seed: int) -> float:
    """Mean number of steps until the sum reaches the limit, by the step that `drift` takes."""
    chance = np.random.default_rng(seed)
    allowance = DEFAULT_POLICY.drift_allowance
    lower = np.full(runs, float(case.headstart))
    upper = lower.copy()
    steps = 0
    while lower.size:
        steps += lower.size
        z = chance.standard_normal(lower.size) - case.shift
        lower = cusum_step(lower, z, allowance)
        going = lower < case.limit
        if case.two_sided:
            upper = cusum_step(upper, -z, allowance)
            going &= upper < case.limit
        lower, upper = lower[going], upper[going]
    return steps / runs


def made_history(runs: int, chance: np.random.Generator, strain: Strain | None = None) -> History:
    """Clients whose latent total is normal; lines in tenths, cut at 0 and 10."""
    usual = chance.normal(LATENT_MEAN, BETWEEN_SPREAD, (runs, 1))
    latent = usual + chance.normal(0, WITHIN_SPREAD, (runs, SESSIONS))
    if strain:
        latent[:, strain.first - 1 : strain.last] += strain.changes
    apart = chance.normal(0, LINE_SPREAD, (len(srs.LINES), runs, SESSIONS))
    marks = latent / len(srs.LINES) + apart - apart.mean(axis=0)
    lines = np.clip(np.rint(marks * 10), srs.LINE_MIN, srs.LINE_MAX).astype("int16")
    on = np.tile(FIRST_DAY + 7 * np.arange(SESSIONS), runs)
    return History.from_columns(
        range(runs), np.full(runs, SESSIONS), on=on, lines=lines.reshape(len(srs.LINES), -1)
    )


def moderate_scores(screening: Screening) -> np.ndarray:
    """Clients × sessions: where a score rule that may open an episode reached moderate."""
    found = np.zeros(len(screening.severity), bool)
    for rule, fired in screening.findings:
        if rule.source is Source.SCORE and rule.opens:
            found |= fired.severity >= Level.MODERATE
    return found.reshape(-1, SESSIONS)


def rates(screening: Screening, clients: int) -> dict[str, tuple[float, float]]:
    """Each rule's findings in 100 sessions, and clients in 100 with one of them."""
    found: dict[str, np.ndarray] = {}
    for rule, fired in screening.findings:
        fires = (fired.severity >= Level.PROMPT).reshape(clients, SESSIONS)
        found[rule.id] = found.get(rule.id, False) | fires
    return {
        rule: (100 * fires.mean(), 100 * fires.any(axis=1).mean())
        for rule, fires in found.items()
        if fires.any()
    }


def caught(strain: Strain, clients: int, chance: np.random.Generator) -> float:
    """Share of strains in 100 that a moderate score rule meets while they last."""
    moderate = moderate_scores(screen(made_history(clients, chance, strain)))
    return 100 * moderate[:, strain.first - 1 : strain.last].any(axis=1).mean()


def run_length_table(runs: int, seed: int) -> Iterator[str]:
    yield "| chart, k = 0.5 | shift | h | published | here | difference |"
    yield "|---|---|---|---|---|---|"
    for place, case in enumerate(published_run_lengths()):
        measured = mean_run_length(case, runs, seed + place)
        difference = 100 * (measured / case.published - 1)
        yield (
            f"| {case.name} | {case.shift:g} | {case.limit:g} | {case.published:g} "
            f"| {measured:.4g} | {difference:+.1f} % |"
        )


def operating_table(clients: int, seed: int) -> Iterator[str]:
    chance = np.random.default_rng(seed)
    calm = screen(made_history(clients, chance))
    moderate = moderate_scores(calm)
    yield "Nothing wrong: findings at prompt or above."
    yield ""
    yield "| rule | in 100 sessions | clients in 100, 12 sessions | reference, sessions |"
    yield "|---|---|---|---|"
    for rule, (sessions, people) in rates(calm, clients).items():
        reference = REFERENCE_RATES.get(rule, "–")
        yield f"| `{rule}` | {sessions:.1f} | {people:.0f} | {reference} |"
    yield (
        f"| any moderate score rule | {100 * moderate.mean():.1f} "
        f"| {100 * moderate.any(axis=1).mean():.0f} "
        f"| {REFERENCE_MODERATE['sessions']} ({REFERENCE_MODERATE['clients']} of 100 clients) |"
    )
    yield ""
    yield "Strain added to the latent total: caught by a moderate score rule while it lasts."
    yield ""
    yield "| strain | sessions | caught in 100 | reference |"
    yield "|---|---|---|---|"
    for strain in STRAINS:
        share = caught(strain, clients, chance)
        yield (
            f"| {strain.name} | {strain.first}–{strain.last} | {share:.0f} | {strain.reference:g} |"
        )


def report(runs: int, seed: int) -> str:
    """Both tables as Markdown, with the seed and the number of runs."""
    clients = max(1, runs // 5)
    lines = [
        f"Policy `{DEFAULT_POLICY.version}`, seed {seed}, {runs} runs a run length, "
        f"{clients} clients a row.",
        "",
        *run_length_table(runs, seed),
        "",
        *operating_table(clients, seed),
    ]
    return "\n".join(lines)


def write_between_markers(path: Path, text: str) -> None:
    """Put the report into a page. Raises ValueError where the page has no place for it."""
    page = path.read_text(encoding="utf-8")
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{path}: one {BEGIN} and one {END} are needed")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ruptures.detection.simulate")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs a run length")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--write", type=Path, help="page with the two simulation markers")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs: one run or more is needed")
    text = report(options.runs, options.seed)
    print(text)
    if options.write:
        write_between_markers(options.write, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
