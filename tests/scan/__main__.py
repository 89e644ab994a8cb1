"""`python -m tests.scan`: sqlmap, Wapiti and Schemathesis against a demo clinic of its own.

Each tool is installed in an environment of its own under var/scan. It runs as a therapist, as the
administrator and as a stranger; each time it must find the hole planted for it, and nothing else.
Ends with 1 where a hole was missed, something was found elsewhere, a tool did not end in time, or
what it sent had signed the person out before it had ended: then it saw the pages of a stranger.
`--with` and `--as` choose among tools and people.
"""

import argparse
import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import django

from tests.installation import Installation
from tests.scan.addresses import Explorer, document

HERE = Path(__file__).parent
TOOLS = HERE.parents[1] / "var" / "scan"
WHO = {"therapist": "ash@demo.example", "administrator": "admin@demo.example", "stranger": None}
# The words of a holder of a session: a browser sends the token's cookie, and its forms the token.
SIGNED_IN = """
from django.conf import settings
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.get(email={email!r}))
print(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)
"""
TOKEN = "a" * 32
SQL_HOLE, SCRIPT_HOLE, CRASH_HOLE = "/holes/sql/", "/holes/script/", "/holes/crash/"
WAPITI_MODULES = "sql,xss,permanentxss,exec,file,redirect,crlf"
LONGEST_SECONDS = 15 * 60  # for one tool as one person, but sqlmap: for one address


@dataclass
class Outcome:
    """What one tool said as one person: the holes it has to find, and all that it found."""

    tool: str
    who: str
    holes: set[str]
    found: set[str] = field(default_factory=set)
    spoilt_by: str = ""

    @property
    def is_clean(self) -> bool:
        return self.found == self.holes and not self.spoilt_by

    def __str__(self):
        missed, elsewhere = self.holes - self.found, self.found - self.holes
        said = f"{self.tool} as {self.who}: {len(self.holes & self.found)} planted holes found"
        said += f", MISSED {sorted(missed)}" if missed else ""
        said += f", ELSEWHERE {sorted(elsewhere)}" if elsewhere else ", nothing elsewhere"
        return said + (f", {self.spoilt_by}" if self.spoilt_by else "")


def main() -> int:
    chosen = chosen_by_arguments()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.scan.settings"
    django.setup()
    for name in chosen.tools:
        tool(name)
    clinic = Installation(DJANGO_SETTINGS_MODULE="tests.scan.settings")
    try:
        clinic.migrate()
        clinic.seed()
        clinic.start_and_wait()
        outcomes = []
        for who in chosen.people:
            for name in chosen.tools:
                # Anew each time: what one tool posts may end the session or the records before it.
                explorer = Explorer(clinic.url, headers_of(clinic, WHO[who]))
                explorer.explore()
                outcomes.append(scan(name, clinic, who, explorer))
                pages, forms = len(explorer.pages), len(explorer.forms)
                print(f"{pages} pages, {forms} forms. {outcomes[-1]}", flush=True)
    finally:
        clinic.remove()
    return 0 if all(outcome.is_clean for outcome in outcomes) else 1


def scan(name: str, clinic: Installation, who: str, explorer: Explorer) -> Outcome:
    try:
        outcome = SCANS[name](clinic, who, explorer)
    except subprocess.TimeoutExpired:
        return Outcome(name, who, set(), spoilt_by=f"NOT ENDED in {LONGEST_SECONDS // 60} minutes")
    if WHO[who] and not explorer.is_signed_in():
        outcome.spoilt_by = "SIGNED OUT on the way"
    return outcome


def chosen_by_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.scan", description=__doc__)
    add = parser.add_argument
    add("--with", dest="tools", nargs="+", choices=SCANS, default=list(SCANS))
    add("--as", dest="people", nargs="+", choices=WHO, default=list(WHO))
    return parser.parse_args()


def tool(name: str) -> Path:
    """The program, in an environment of its own made from its own pinned file."""
    folder, pinned = TOOLS / name, HERE / f"{name}.txt"
    program = folder / "bin" / name
    if not program.exists() or program.stat().st_mtime < pinned.stat().st_mtime:
        print(f"Installing {name} …", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        install = [folder / "bin" / "pip", "install", "--quiet", "--quiet", "--requirement", pinned]
        subprocess.run(install, check=True)
    return program


def headers_of(clinic: Installation, email: str | None) -> dict[str, str]:
    """What a browser of this person sends; nobody's without an address."""
    cookies = {"csrf": TOKEN}
    if email:
        signed_in = clinic.manage("shell", "--no-imports", "-c", SIGNED_IN.format(email=email))
        done = subprocess.run(
            signed_in, env=clinic.environment, capture_output=True, text=True, check=True
        )
        name, value = done.stdout.split()
        cookies[name] = value
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": cookie, "X-CSRFToken": TOKEN}


def sqlmap(clinic: Installation, who: str, explorer: Explorer) -> Outcome:
    outcome = Outcome("sqlmap", who, {SQL_HOLE})
    for address in with_queries(explorer):
        # fmt: off
        command = [
            tool("sqlmap"), "--batch", "--disable-coloring", "--flush-session", "--level=2",
            "--technique=BEU", "--threads=4", "--url", clinic.url + address,
            "--output-dir", clinic.data / "sqlmap", *as_options("--header", explorer.headers),
        ]
        # fmt: on
        said = run(command, clinic)
        assert "[CRITICAL] unable to connect" not in said, said
        if "identified the following injection point" in said:
            outcome.found.add(address.partition("?")[0])
    return outcome


def with_queries(explorer: Explorer) -> list[str]:
    """Addresses that take a query. Forms that are posted are Wapiti's: sqlmap asks a thousand
    times, and is held up where tries are counted."""
    known = {"/holes/sql/": "?name=Avocet-11"}
    asked = {
        path: "?" + urlencode(dict.fromkeys(sorted(names), "1"))
        for path, names in explorer.pages.items()
        if names
    }
    return [path + query for path, query in (asked | known).items()]


def wapiti(clinic: Installation, who: str, explorer: Explorer) -> Outcome:
    outcome = Outcome("Wapiti", who, {SQL_HOLE, SCRIPT_HOLE})
    report = clinic.data / f"wapiti-{who}.json"
    # fmt: off
    said = run([
        tool("wapiti"), "--url", f"{clinic.url}/", "--module", WAPITI_MODULES, "--depth", "1",
        "--max-scan-time", "120", "--max-attack-time", "90",
        *(part for page in explorer.pages for part in ("--start", clinic.url + page)),
        "--exclude", f"{clinic.url}/account/logout/*",
        "--exclude", f"{clinic.url}/sign-ins/end/*",
        "--exclude", f"{clinic.url}/sessions/*/hand-over/",
        "--exclude", f"{clinic.url}/sessions/*/together/",
        "--store-session", clinic.data / f"wapiti-{who}", "--format", "json", "--output", report,
        "--no-bugreport", "--flush-session", *as_options("--header", explorer.headers),
    ], clinic)
    # fmt: on
    assert report.exists(), said
    known = json.loads(report.read_text())
    for found in (known["vulnerabilities"], known["anomalies"]):
        outcome.found |= {one["path"] for kind in found.values() for one in kind}
    return outcome


def schemathesis(clinic: Installation, who: str, explorer: Explorer) -> Outcome:
    """Made-up values in every field of every form and address: none may end in an error of the
    server."""
    outcome = Outcome("Schemathesis", who, {CRASH_HOLE})
    report = clinic.data / f"schemathesis-{who}.json"
    api = clinic.data / f"{who}.json"
    api.write_text(json.dumps(document(clinic.url, explorer)))
    # fmt: off
    run([
        tool("schemathesis"), "run", api, "--url", clinic.url, "--checks", "not_a_server_error",
        "--phases", "fuzzing", "--max-examples", "15", "--workers", "4", "--max-redirects", "0",
        "--continue-on-failure", "--generation-deterministic", "--no-color", "--no-shrink",
        "--report-json-path", report, *as_options("--header", explorer.headers),
    ], clinic)
    # fmt: on
    said = json.loads(report.read_text())
    assert said["operations"]["tested"] >= len(explorer.pages), said["operations"]
    failed = [one for failure in said["failures"] for one in failure["operations"]]
    outcome.found = {one.partition(" ")[2] for one in failed}
    return outcome


SCANS = {"sqlmap": sqlmap, "wapiti": wapiti, "schemathesis": schemathesis}


def as_options(option: str, headers: dict[str, str]) -> list[str]:
    return [part for name, value in headers.items() for part in (option, f"{name}: {value}")]


def run(command: list, clinic: Installation) -> str:
    """What the tool said. That it found something is its exit code too, and no failure here."""
    done = subprocess.run(
        command,
        cwd=clinic.data,
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    return done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
