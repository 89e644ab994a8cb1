"""The clinical rules once more, one pair at a time, in plain Python, for comparison only.

Written from the clinical reference without regard to speed. It takes the published JSON shape
and gives the findings of each session as a set, and the episodes.
"""

from datetime import date
from math import sqrt

LINES = ("relationship", "goals", "approach", "overall")
SCORE = {
    *("low_total", "low_line", "negative_pole", "step_drop", "sudden_drop", "personal_low"),
    *("sustained_low", "drift", "steady_decline", "line_split", "line_drop", "low_level"),
    *("ceiling_flat", "ceiling_masked"),
}
ATTENDANCE = {"missing_rating", "early_no_show", "no_show", "cancel_or_late", "no_next_session"}
MARKER = {"confrontation_marker", "withdrawal_marker"}
DISCREPANCY = {"unseen_by_therapist", "gloomier_than_client"}
WITHDRAWAL_MARKERS = {
    *("minimal_response", "abstract_talk", "side_story", "topic_shift", "denial", "appeasing"),
    *("content_affect_split", "giving_up", "less_affect", "vague_reply", "closed_posture"),
}
LEVELS = ["info", "prompt", "moderate", "high"]
E = 1e-9
WITHDRAWAL_POINTS = {
    "sustained_low": (1, "prompt"),
    "drift": (1, "prompt"),
    "steady_decline": (1, "prompt"),
    "ceiling_masked": (2, "prompt"),
    "missing_rating": (1, "moderate"),
    "early_no_show": (2, "prompt"),
    "no_show": (2, "prompt"),
    "no_next_session": (2, "prompt"),
    "cancel_or_late": (1, "prompt"),
    "withdrawal_marker": (3, "moderate"),
    "gloomier_than_client": (1, "prompt"),
}
CONFRONTATION_POINTS = {
    "negative_pole": (2, "prompt"),
    "confrontation_marker": (3, "moderate"),
    "client_asks": (2, "moderate"),
}


def at_least(severity, other):
    return LEVELS.index(severity) >= LEVELS.index(other)


def highest(severities):
    return max(severities, key=LEVELS.index, default=None)


def one_up(severity):
    return LEVELS[min(LEVELS.index(severity) + 1, 3)]


def source_of(rule):
    groups = {"score": SCORE, "attendance": ATTENDANCE, "marker": MARKER}
    groups |= {"discrepancy": DISCREPANCY, "client": {"client_asks"}}
    return next((name for name, rules in groups.items() if rule in rules), None)


def level_of(block):
    """m, s, p of a block of totals in points."""
    n = len(block)
    if not n:
        return 36.0, 2.5, sqrt(2.5**2 + 4.0**2)
    mean = sum(block) / n
    squares = sum((x - mean) ** 2 for x in block)
    s2 = max((4 * 2.5**2 + squares) / (4 + n - 1), 1)
    q = s2 / 16
    w = n / (n + q)
    return w * mean + (1 - w) * 36, sqrt(s2), sqrt(s2) * sqrt(1 + 1 / (n + q))


class Session:
    """One session as the rules see it."""

    def __init__(self, given):
        self.on = date.fromisoformat(given["on"])
        self.given = given
        self.attendance = given.get("attendance") or "attended"
        lines = given.get("lines")
        self.lines = [round(lines[name] * 10) for name in LINES] if lines else None
        self.total = sum(self.lines) / 10 if lines else given.get("total")
        prediction = given.get("prediction")
        self.prediction = (
            sum(round(prediction[name] * 10) for name in LINES) / 10 if prediction else None
        )
        self.late = self.attended and (given.get("minutes_late") or 0) >= 10
        self.markers = {}
        for marker in given.get("markers") or []:
            before = self.markers.get(marker["code"], 0)
            self.markers[marker["code"]] = max(before, marker["salience"])

    @property
    def attended(self):
        return self.attendance == "attended"

    @property
    def no_show(self):
        return self.attendance == "no_show"

    @property
    def valid(self):
        return self.total is not None

    @property
    def missing(self):
        return self.attended and not self.valid

    @property
    def own_missing(self):
        return self.missing and self.given.get("missing_reason") != "technical"

    def withdrawal(self):
        return sorted((s for c, s in self.markers.items() if c in WITHDRAWAL_MARKERS), reverse=True)

    def confrontation(self):
        return sorted(
            (s for c, s in self.markers.items() if c not in WITHDRAWAL_MARKERS), reverse=True
        )


class Pair:
    """Goes through the sessions of one pair."""

    def __init__(self, given):
        self.given = given
        self.past = []
        self.block = []
        self.free = []
        self.c = 0.0
        self.z_of = {}
        self.gaps = []
        self.found = []
        self.severities = []
        self.cusums = []
        self.notes = []
        self.episode = None
        self.episodes = []
        self.low_level_at = None

    def run(self):
        for given in self.given["sessions"]:
            self.step(Session(given))
        as_of = self.given.get("as_of")
        if as_of and self.episode:
            self.escalate(date.fromisoformat(as_of), len(self.past))
        return self

    def valid_past(self):
        return [s for s in self.past if s.valid]

    def step(self, now):
        self.past.append(now)
        number = len(self.past)
        m, s, p = level_of([e.total for e in self.block])
        z = None
        if now.valid and len(self.block) >= 2:
            z = (now.total - m) / p
            self.c = max(0.0, self.c - max(-3, min(3, z)) - 0.5)
        self.z_of[number] = z
        now.z = z
        findings = {}
        self.score_rules(now, z, m, p, findings)
        self.ceiling_rules(now, findings)
        first = now.attended and sum(x.attended for x in self.past) == 1
        if first:
            for key, severity in findings.items():
                if key[0] != "negative_pole" and at_least(severity, "prompt"):
                    findings[key] = "prompt"
        self.attendance_rules(now, findings)
        self.noted_rules(now, findings)
        self.discrepancy_rules(now, findings)
        was_open = self.episode is not None
        opened = self.carry(now, number, findings, m, s)
        self.learn(now, was_open, opened)
        self.found.append({(rule, x, line) for (rule, line), x in findings.items()})
        self.cusums.append(self.c)
        self.notes.append(self.steady(now))

    def score_rules(self, now, z, m, p, findings):
        if not now.valid:
            return
        past = self.valid_past()
        last = past[-2] if len(past) > 1 and (now.on - past[-2].on).days <= 60 else None
        if now.total < 36:
            findings["low_total", None] = "prompt"
        drop = last.total - now.total if last else None
        if last and drop >= 1 - E:
            findings["step_drop", None] = "prompt"
        if last:
            if z is None and len(self.block) < 2 and drop >= 7 - E:
                findings["sudden_drop", None] = "moderate"
            if z is not None and drop >= 5 - E and z <= -2 + E:
                findings["sudden_drop", None] = "moderate"
        if z is not None:
            if z <= -2 + E:
                findings["personal_low", None] = "moderate" if z <= -3 + E else "prompt"
            before = past[-2].z if len(past) > 1 else None
            if z <= -1.5 + E and before is not None and before <= -1.5 + E:
                findings["sustained_low", None] = "moderate"
            if self.c >= 4 - E:
                findings["drift", None] = "moderate" if self.c >= 5 - E else "prompt"
        self.decline(now, past, findings)
        self.line_rules(now, last, findings)
        visits = sum(x.attended for x in self.past)
        rested = self.low_level_at is None or visits - self.low_level_at > 5
        if len(past) > 1 and now.total < 30 and past[-2].total < 30 and rested:
            findings["low_level", None] = "moderate"
            self.low_level_at = visits

    def decline(self, now, past, findings):
        last = [x.total for x in past[-5:]]
        if len(last) < 5:
            return
        kendall = 0
        for i in range(5):
            for j in range(i + 1, 5):
                kendall += (last[j] > last[i]) - (last[j] < last[i])
        if kendall <= -8 and last[0] - last[4] >= 2 - E:
            much = last[0] - last[4] >= 5 - E and now.total < 36
            findings["steady_decline", None] = "moderate" if much else "prompt"

    def line_rules(self, now, last, findings):
        if not now.lines:
            return
        lowest = min(now.lines)
        name = LINES[now.lines.index(lowest)]
        if lowest < 90:
            findings["low_line", name] = "prompt"
        if lowest < 50:
            findings["negative_pole", name] = "moderate"
        if (sum(now.lines) - lowest) / 3 - lowest >= 20 - E:
            findings["line_split", name] = "prompt"
        if last and last.lines:
            for each, old, new in zip(LINES, last.lines, now.lines, strict=True):
                if old - new >= 25:
                    findings["line_drop", each] = "moderate" if old - new >= 35 else "prompt"

    def ceiling_rules(self, now, findings):
        self.masked_by = set()
        three = self.valid_past()[-3:]
        if not now.valid or len(three) < 3 or not all(x.lines for x in three):
            return
        marks = [mark for x in three for mark in x.lines]
        if min(x.total for x in three) < 39 or max(marks) - min(marks) > 5:
            return
        findings["ceiling_flat", None] = "info"
        sessions = self.past[-3:]
        if any(x.withdrawal() and x.withdrawal()[0] >= 2 for x in sessions):
            self.masked_by.add("withdrawal_marker")
        if any(x.no_show for x in sessions):
            self.masked_by.add("no-show")
        if sum(x.late for x in sessions) >= 2:
            self.masked_by.add("cancel_or_late")
        if now.prediction is not None and now.prediction <= 32:
            self.masked_by.add("gloomier_than_client")
        seconds = [x.given.get("seconds") for x in three]
        if all(x is not None and x < 4 for x in seconds):
            self.masked_by.add("seconds")
        if self.masked_by:
            findings["ceiling_masked", None] = "moderate"

    def attendance_rules(self, now, findings):
        visits = [x for x in self.past if x.attended]
        if now.missing:
            severity = "info"
            if now.own_missing:
                if all(x.own_missing for x in visits[-2:]) and len(visits) >= 2:
                    severity = "prompt"
                if sum(x.own_missing for x in visits[-5:]) >= 3:
                    severity = "prompt"
                if len(self.past) > 1 and self.past[-2].evidence:
                    severity = "moderate"
            findings["missing_rating", None] = severity
        if now.no_show and len(visits) < 3:
            findings["early_no_show", None] = "high"
        elif now.no_show:
            often = sum(x.no_show for x in self.past[-4:]) >= 2
            findings["no_show", None] = "high" if often or self.episode else "moderate"
        if now.attendance == "cancelled_client":
            often = sum(x.attendance == "cancelled_client" for x in self.past[-4:]) >= 2
            findings["cancel_or_late", None] = "prompt" if often else "info"
        if now.attended and sum(x.late for x in visits[-3:]) >= 2:
            findings["cancel_or_late", None] = "prompt"

    def noted_rules(self, now, findings):
        sharp = now.confrontation()
        if sharp and sharp[0] >= 3:
            much = sharp[0] >= 4 or (len(sharp) > 1 and sharp[1] >= 3)
            findings["confrontation_marker", None] = "high" if much else "moderate"
        soft = now.withdrawal()
        if soft and soft[0] >= 2:
            much = soft[0] >= 3 or (len(soft) > 1 and soft[1] >= 2)
            findings["withdrawal_marker", None] = "moderate" if much else "prompt"
        if now.given.get("client_asks"):
            findings["client_asks", None] = "moderate"
        feelings = list((now.given.get("feelings") or {}).values())
        if any(x >= 4 for x in feelings) or sum(x >= 3 for x in feelings) >= 2:
            findings["therapist_feelings", None] = "prompt"

    def discrepancy_rules(self, now, findings):
        if not now.valid or now.prediction is None:
            return
        scores = [x for (rule, _), x in findings.items() if rule in SCORE]
        scores = [x for x in scores if at_least(x, "prompt")]
        habit = sum(self.gaps) / len(self.gaps) if len(self.gaps) >= 8 else 0.0
        if scores and now.prediction - now.total - habit >= 4 - E:
            findings["unseen_by_therapist", None] = one_up(highest(scores))
        if now.total >= 39 and now.prediction <= 32:
            findings["gloomier_than_client", None] = "prompt"
        self.gaps.append(now.prediction - now.total)

    def severity(self, findings):
        top = highest(findings.values())
        if top is None or not at_least(top, "prompt"):
            return top
        sources = set()
        for (rule, _), severity in findings.items():
            if at_least(severity, "prompt") and rule not in self.masked_by:
                sources.add(source_of(rule))
        if ("unseen_by_therapist", None) in findings:
            sources.discard("score")
        sources.discard(None)
        return one_up(top) if len(sources) >= 2 else top

    def carry(self, now, number, findings, m, s):
        now.evidence = any(
            at_least(severity, "prompt") and rule in SCORE | MARKER
            for (rule, _), severity in findings.items()
        )
        self.closed_by_scores = None
        result = self.severity(findings)
        without = {key: x for key, x in findings.items() if key[0] != "low_level"}
        opening = self.severity(without)
        involved = self.episode
        opened = False
        if self.episode:
            self.join(findings, result, now)
            self.component_choice(now)
            self.repair(now, number)
            self.follow(now, number)
            if self.episode:
                self.escalate(now.on, number)
        elif (opening and at_least(opening, "moderate")) or now.given.get("opened_by_hand"):
            opened = True
            self.open(now, number, m, s)
            involved = self.episode
            self.join(findings, result, now)
            self.component_choice(now)
            self.repair(now, number)
        if self.episode and now.given.get("next_booked") is False:
            findings["no_next_session", None] = "high"
            result = self.severity(findings)
            involved["withdrawal"] += 2
            involved["severity"] = highest([involved["severity"], result])
        self.severities.append(result)
        self.decide(now, number)
        return opened

    def open(self, now, number, m, s):
        self.episode = {
            "opened": number,
            "on": now.on,
            "B": m,
            "s": s,
            "L": now.total,
            "withdrawal": 0,
            "confrontation": 0,
            "steps": set(),
            "settled": None,
            "attended": 0,
            "in_a_row": [],
            "ever": False,
            "severity": "moderate",
            "escalated": [],
            "states": [(number, "open")],
            "component": self.component(now),
        }
        self.episodes.append(self.episode)
        self.episode["line_mean"] = self.line_mean(self.episode["component"])

    def component(self, now):
        if not now.lines:
            return "unspecified"
        with_lines = [x.lines for x in self.block if x.lines]
        distances = []
        for place, mark in enumerate(now.lines):
            count = len(with_lines)
            mean = sum(x[place] for x in with_lines) / count if count else 0
            distances.append(mark - mean)
        lowest = min(distances)
        places = [place for place, x in enumerate(distances) if x - lowest <= E]
        if len(places) > 1 or places[0] == 3:
            return "unspecified"
        return ["bond", "goals", "tasks"][places[0]]

    def line_mean(self, component):
        with_lines = [x.lines for x in self.block if x.lines]
        if component == "unspecified" or not with_lines:
            return None
        place = ["bond", "goals", "tasks"].index(component)
        return sum(x[place] for x in with_lines) / len(with_lines)

    def component_choice(self, now):
        if now.given.get("component"):
            self.episode["component"] = now.given["component"]
            self.episode["line_mean"] = self.line_mean(now.given["component"])

    def join(self, findings, result, now):
        episode = self.episode
        for (rule, _), severity in findings.items():
            points, least = WITHDRAWAL_POINTS.get(rule, (0, "high"))
            if at_least(severity, least):
                episode["withdrawal"] += points
            points, least = CONFRONTATION_POINTS.get(rule, (0, "high"))
            if at_least(severity, least):
                episode["confrontation"] += points
            if rule == "sudden_drop" and now.total < 30:
                episode["confrontation"] += 1
        if result:
            episode["severity"] = highest([episode["severity"], result])

    def state(self):
        return self.episode["states"][-1][1]

    def enter(self, number, state):
        if self.state() != state:
            self.episode["states"].append((number, state))

    def repair(self, now, number):
        self.episode["steps"] |= set(now.given.get("repair_steps") or [])
        self.episode["settled"] = now.given.get("settled") or self.episode["settled"]
        if self.episode["steps"] and self.state() == "open":
            self.enter(number, "addressed")

    def follow(self, now, number):
        episode = self.episode
        episode["attended"] += now.attended
        if now.no_show:
            episode["in_a_row"] = []
        if now.valid:
            self.score_states(now, number)
        if not self.episode:
            return
        if now.attended and episode["attended"] == 3 and not episode["ever"]:
            self.enter(number, "unresolved")
            self.make_high(number, "unresolved")
        if now.given.get("new_level") and episode["attended"] >= 6 and not episode["ever"]:
            self.enter(number, "new_level")
            self.episode = None
            self.closed_by_scores = "new_level"

    def score_states(self, now, number):
        episode = self.episode
        level = episode["L"]
        episode["L"] = now.total if level is None else min(level, now.total)
        back = now.total >= episode["B"] - episode["s"] - E
        recovered = back
        if back and now.lines and episode["line_mean"] is not None:
            place = ["bond", "goals", "tasks"].index(episode["component"])
            recovered = now.lines[place] >= episode["line_mean"] - 10 - E
        if recovered:
            episode["ever"] = True
            episode["in_a_row"].append(now)
            if len(episode["in_a_row"]) >= 2 and episode["settled"] != "no":
                if {"acknowledge", "invite", "validate"} <= episode["steps"]:
                    return self.close_recovered(number, "verified")
                if not episode["steps"]:
                    return self.close_recovered(number, "came_back_by_itself")
            return self.enter(number, "recovered")
        episode["in_a_row"] = []
        fall = episode["B"] - episode["L"]
        if not back and fall > E and (now.total - episode["L"]) / fall >= 0.5 - E:
            return self.enter(number, "partial")
        if self.state() == "recovered":
            self.enter(number, "addressed" if episode["steps"] else "open")
        return None

    def close_recovered(self, number, state):
        episode = self.episode
        self.enter(number, state)
        self.two = episode["in_a_row"][-2:]
        mean = sum(x.total for x in self.two) / 2
        if episode["B"] <= 40 - episode["s"] + E and mean >= episode["B"] + episode["s"] - E:
            self.enter(number, "strengthened")
        self.episode = None
        self.closed_by_scores = "recovered"

    def escalate(self, today, number):
        episode = self.episode
        if episode["severity"] != "moderate" or episode["steps"]:
            return
        if episode["attended"] >= 2 or (today - episode["on"]).days >= 14:
            self.make_high(number, "no_response")

    def make_high(self, number, reason):
        if self.episode["severity"] != "high":
            self.episode["severity"] = "high"
            self.episode["escalated"].append((number, reason))

    def decide(self, now, number):
        for key, state in (
            ("not_a_strain", "not_a_strain"),
            ("closed", "resolved"),
            ("left", "ended_early"),
        ):
            if self.episode and now.given.get(key):
                self.enter(number, state)
                self.episode = None
                if key != "left":
                    self.c = 0.0

    def learn(self, now, was_open, opened):
        fresh = []
        if self.closed_by_scores == "recovered":
            fresh = self.two
            self.c = 0.0
        elif self.closed_by_scores == "new_level":
            self.block = self.valid_past()[-3:]
            self.c = 0.0
        elif now.valid and not was_open and not opened:
            fresh = [now]
        for entry in fresh:
            self.free.append(entry)
            if len(self.block) < 4:
                self.block.append(entry)
        if fresh and len(self.block) == 4 and len(self.free) >= 4:
            m, s, _ = level_of([x.total for x in self.block])
            last = self.free[-4:]
            if sum(x.total for x in last) / 4 - m >= s - E:
                self.block = last
                self.c = 0.0

    def steady(self, now):
        three = self.valid_past()[-3:]
        if not now.valid or now.z is None or len(three) < 3:
            return False
        return all(x.total < 36 and (x.z is None or abs(x.z) < 1.5 - E) for x in three)
