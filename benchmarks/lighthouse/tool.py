"""Lighthouse: installed beside this file, run once for a profile, its report read."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.lighthouse.visit import Form

HERE = Path(__file__).parent
PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
NO_BROWSER_OF_ITS_OWN = {"PUPPETEER_SKIP_DOWNLOAD": "1"}
AT_MOST_SECONDS = 180
TRIES = 3  # now and then Chromium's trace comes without its beginning
FIGURES = {
    "first-contentful-paint": "ms",
    "largest-contentful-paint": "ms",
    "interactive": "ms",
    "total-blocking-time": "ms",
    "total-byte-weight": "bytes",
}
# A tablet of 1080×810 whose processor is four times slower than this machine.
TABLET = {
    "formFactor": "mobile",
    "screenEmulation": {"mobile": True, "width": 1080, "height": 810, "deviceScaleFactor": 1.5},
}
SLOW_PROCESSOR = {"cpuSlowdownMultiplier": 4}
# The profile of Lighthouse's own score: slow 4G, computed from a visit at full speed.
SCORED = {
    "throttlingMethod": "simulate",
    "throttling": SLOW_PROCESSOR | {"rttMs": 150, "throughputKbps": 1638.4},
}
# Held back for real, request by request: what the mark of rating-form.js needs. Slow 4G as
# Lighthouse holds it back, where each request costs what its connection and its round trips would.
WIFI = {
    "throttlingMethod": "devtools",
    "throttling": SLOW_PROCESSOR
    | {
        "requestLatencyMs": 40,
        "downloadThroughputKbps": 10_000,
        "uploadThroughputKbps": 10_000,
    },
}
SLOW_4G = {
    "throttlingMethod": "devtools",
    "throttling": SLOW_PROCESSOR
    | {
        "requestLatencyMs": 562.5,
        "downloadThroughputKbps": 1474.56,
        "uploadThroughputKbps": 675,
    },
}


def install() -> None:
    """Once, and again when the lock file has changed since."""
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("Installing Lighthouse …", flush=True)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, env=os.environ | NO_BROWSER_OF_ITS_OWN, check=True)


def run(form: Form, profile: dict) -> dict:
    """Lighthouse's report of one visit. Raises SystemExit, with its words, when there is none."""
    for _try in range(TRIES):
        report = _run_once(form, profile)
        trouble = report.get("runtimeError")
        if not trouble:
            return report
    raise SystemExit(f"Lighthouse: {trouble['message']}")


def _run_once(form: Form, profile: dict) -> dict:
    with tempfile.TemporaryDirectory(prefix="alliance-lighthouse-") as folder:
        config, report = Path(folder, "config.json"), Path(folder, "report.json")
        config.write_text(json.dumps({"extends": "lighthouse:default", "settings": _all(profile)}))
        # fmt: off
        command = [
            "node", PROGRAM, form.address, "--quiet", "--output=json",
            f"--output-path={report}", f"--config-path={config}",
            f"--extra-headers={json.dumps({'Cookie': form.cookie})}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        ]
        # fmt: on
        browser = {"CHROME_PATH": shutil.which("chromium") or ""}
        environment = os.environ | browser
        subprocess.run(command, env=environment, timeout=AT_MOST_SECONDS, check=False)
        if not report.exists():
            raise SystemExit("Lighthouse wrote no report; what it said stands above.")
        return json.loads(report.read_text())


def _all(profile: dict) -> dict:
    return TABLET | profile | {"onlyCategories": ["performance", "accessibility"]}


def versions(report: dict) -> str:
    browser = report["environment"]["hostUserAgent"].partition("Chrome/")[2].split()[0]
    return f"Lighthouse {report['lighthouseVersion']}, Chromium {browser}"
