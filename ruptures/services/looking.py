"""What client and therapist look at together: one session's marks, the last totals, a question."""

from django.utils.translation import get_language_info

from ruptures import together
from ruptures.detection.rules import REGISTER
from ruptures.models import Finding
from sessions_app import client_texts, packs, srs
from sessions_app.models import SRSEntry, TherapySession
from sessions_app.services import therapy_sessions

SESSIONS_DRAWN = 10
FEWEST_DRAWN = 3  # today and two before it
WIDTH, HEIGHT, MARGIN = 320, 76, 10
ORDER = {rule.id: place for place, rule in enumerate(REGISTER)}


def page_of(therapy_session: TherapySession) -> dict:
    """The page of one rated session, in the words and the language in which it was rated. The
    therapist looks too, so the marks are seen from now on."""
    therapy_sessions.see_marks(therapy_session.pair)
    entry = therapy_session.srs_entry
    texts = client_texts.texts_of(entry.language)
    shown = packs.view(entry.pack.content, entry.language)
    return {
        "pack": shown,
        "texts": texts,
        "lines": [_line(line, entry, texts) for line in shown["lines"]],
        "trend": _trend(therapy_session, texts),
        "question": texts[_question(therapy_session)],
    }


def _line(line: dict, entry: SRSEntry, texts: dict) -> dict:
    value = entry.lines[line["code"]]
    return line | {
        "at": _from_left(value, srs.LINE_MAX, entry.language),
        "in_words": packs.place_in_words(line, value, texts["between"]),
    }


def _from_left(value: float, whole: float, language: str) -> float:
    """Per cent from the left edge; a right-to-left line has its low end at the right."""
    share = 100 * value / whole
    return 100 - share if get_language_info(language)["bidi"] else share


def _question(therapy_session: TherapySession) -> str:
    findings = Finding.objects.filter(therapy_session=therapy_session).worth_asking()
    gravest_first = sorted(findings, key=lambda row: (-row.gravity, ORDER.get(row.rule, 0)))
    return together.question(
        [(row.rule, row.line) for row in gravest_first],
        therapy_session.srs_entry.lines,
        wish=therapy_session.client_asks,
    )


def _trend(therapy_session: TherapySession, texts: dict) -> dict | None:
    """The last hours as dots, gaps where a form is missing; nothing before the third rating."""
    totals = _totals_up_to(therapy_session)
    rated = [total for total in totals if total is not None]
    if len(rated) < FEWEST_DRAWN:
        return None
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "dots": [
            (_x(place, len(totals), texts["language"]), _y(total))
            for place, total in enumerate(totals)
            if total is not None
        ],
        "words": texts[together.change(rated)],
    }


def _totals_up_to(therapy_session: TherapySession) -> list[int | None]:
    """The totals of this form in the pair's last attended sessions, oldest first. Those of another
    form are not compared with them."""
    sessions = therapy_session.pair.therapy_sessions.attended()
    sessions = sessions.filter(starts_at__lte=therapy_session.starts_at)
    newest = sessions.select_related("srs_entry__pack").defer("srs_entry__pack__content")
    code = therapy_session.srs_entry.pack.code
    return [_total(row, code) for row in reversed(newest.order_by("-starts_at")[:SESSIONS_DRAWN])]


def _total(therapy_session: TherapySession, code: str) -> int | None:
    entry = getattr(therapy_session, "srs_entry", None)
    return entry.total if entry and entry.pack.code == code else None


def _x(place: int, count: int, language: str) -> int:
    along = MARGIN + place * (WIDTH - 2 * MARGIN) / (count - 1)
    return round(WIDTH - along if get_language_info(language)["bidi"] else along)


def _y(total: int) -> int:
    return round(HEIGHT - MARGIN - total * (HEIGHT - 2 * MARGIN) / srs.TOTAL_MAX)
