"""The published JSON shape of a screening."""

from typing import Any

from ruptures.detection import sentences
from ruptures.detection.results import EpisodeResult, FindingResult, PairResult, SessionResult
from ruptures.detection.screen import Screening


def to_json(screening: Screening, *, fast: bool = False) -> dict[str, Any]:
    """The whole screening as plain dicts. `fast` leaves the sentences out."""
    pairs = [pair_to_json(pair, fast=fast) for pair in screening.pairs()]
    return {"policy_version": screening.policy.version, "pairs": pairs}


def pair_to_json(pair: PairResult, *, fast: bool = False) -> dict[str, Any]:
    return {
        "id": pair.id,
        "sessions": [_session(session, fast) for session in pair.sessions],
        "episodes": [_episode(episode) for episode in pair.episodes],
    }


def _session(session: SessionResult, fast: bool) -> dict[str, Any]:
    return {
        "index": session.index,
        "total": session.total,
        "baseline": session.baseline._asdict(),
        "z": session.z,
        "cusum": session.cusum,
        "severity": session.severity,
        "findings": [_finding(finding, fast) for finding in session.findings],
        "notes": list(session.notes),
    }


def _finding(finding: FindingResult, fast: bool) -> dict[str, Any]:
    shape = {
        "rule": finding.rule,
        "severity": finding.severity,
        "line": finding.line,
        "component": finding.component,
        "values": finding.values,
        "threshold": finding.threshold,
        "leaning": finding.leaning,
    }
    if not fast:
        shape["sentence"] = sentences.why(finding)
        shape["unless"] = sentences.unless(finding)
    return shape


def _episode(episode: EpisodeResult) -> dict[str, Any]:
    return {
        "opened": episode.opened,
        "component": episode.component,
        "type": episode.type,
        "points": episode.points,
        "states": [{"session": each.session, "state": each.state} for each in episode.states],
        "severity": episode.severity,
        "escalated": [
            {"session": each.session, "reason": each.reason} for each in episode.escalated
        ],
        "frozen": {
            "mean": episode.baseline_mean,
            "s": episode.baseline_spread,
            "lowest": episode.lowest,
        },
        "strengthened": episode.strengthened,
    }
