"""`python -m tests.soak --minutes 10`: an entry a second, a fault every five, and then the count.

Starts PostgreSQL, Redis, a mail server and the programs of an installation. Says every half minute
how far it is, ends with a table, and with exit code 1 where one line of it does not hold.
"""

import argparse
import json
import sys
import time
from random import Random

from tests import provision
from tests.faults.proxy import FaultProxy
from tests.soak.clinic import SoakClinic, most_in_each_half
from tests.soak.faults import Saboteur
from tests.soak.tablets import Tablets

FAULT_EVERY, SAYS_EVERY = 5, 30
QUIET_AFTER = 180.0
GROWS_AT_MOST = 1.25
PUBLIC_KEY = "from accounts import sealing; print(sealing.public_key())"
VERDICT = "from tests.soak import verdict; verdict.main()"


def main() -> int:
    arguments = _arguments()
    provision.ensure()
    random = Random(arguments.seed)
    seconds = round(arguments.minutes * 60)
    with SoakClinic() as clinic:
        print(f"Preparing {seconds} forms …", flush=True)
        order = in_turn(clinic.prepare(seconds))[:seconds]
        clinic.start()
        with FaultProxy(clinic.port) as proxy:
            tablets = Tablets(proxy.url, clinic.run(PUBLIC_KEY).strip(), random)
            saboteur = Saboteur(clinic, proxy, random)
            run(order, tablets, saboteur)
            left = tablets.wait(QUIET_AFTER)
        mails_are_out(clinic)
        lines = verdict(clinic, tablets, left)
    report(lines, saboteur, tablets, clinic)
    return 0 if all(holds for _name, _found, holds in lines) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1, help="of marks and faults")
    return parser.parse_args()


def in_turn(forms: list[list[str]]) -> list[str]:
    """One form of each client, then the next of each, so that a client's own keep their order."""
    return [uuid for of_a_week in zip(*forms, strict=True) for uuid in of_a_week]


def run(order: list[str], tablets: Tablets, saboteur: Saboteur) -> None:
    began = time.monotonic()
    for second, uuid in enumerate(order, start=1):
        tablets.hand_in(uuid)
        if second % FAULT_EVERY == 0:
            saboteur.strike()
        if second % SAYS_EVERY == 0:
            waiting, faults = tablets.waiting(), saboteur.struck.total()
            print(f"{second} forms, {faults} faults, {waiting} forms wait", flush=True)
        time.sleep(max(0.0, began + second - time.monotonic()))


def mails_are_out(clinic: SoakClinic) -> None:
    """Gives what waits for its next try a few chances in a row; the verdict counts what is left."""
    deadline = time.monotonic() + QUIET_AFTER
    while time.monotonic() < deadline:
        clinic.send_what_waits()
        clinic.run("from ruptures import tasks; tasks.deliver_alerts()")
        if not json.loads(clinic.run(VERDICT))["alerts_unsent"]:
            return
        time.sleep(5)


def verdict(clinic: SoakClinic, tablets: Tablets, left: int) -> list[tuple[str, str, bool]]:
    """What was counted, in words, and whether it is as it has to be."""
    found = json.loads(clinic.run(VERDICT))
    arrived = {message["Message-ID"] for message in clinic.office.messages}
    mails_missing = sum(not any(key in mail for mail in arrived) for key in found["alert_keys"])
    stored = {uuid: found["stored"].get(uuid) for uuid in tablets.sent}
    differing = sum(stored[uuid] != marks for uuid, marks in tablets.sent.items())
    chain = clinic.manage("verify_audit").stdout.strip()
    lines = [
        ("forms sent that did not get through", str(left), left == 0),
        ("ratings stored otherwise than sent", f"{differing} of {len(stored)}", not differing),
        ("findings that differ when all is screened again",
         f"{found['findings_that_differ']} of {found['findings']}",
         not found["findings_that_differ"] and found["findings"] > 0),
        ("supervisors not told of a strain",
         f"{found['alerts_missing']}, {found['strains']} strains",
         not found["alerts_missing"] and found["strains"] > 0),
        ("alerts not sent", f"{found['alerts_unsent']} of {found['alerts']}",
         not found["alerts_unsent"]),
        ("alerts whose mail did not arrive", str(mails_missing), not mails_missing),
        ("what reconciliation finds to mend", str(found["reconciled"]), not found["reconciled"]),
        ("audit chain", chain, True),  # the command ends with an error where it is broken
    ]  # fmt: skip
    return lines + [memory_of(name, samples) for name, samples in clinic.memory.items()]


def memory_of(name: str, samples: list[tuple[float, int]]) -> tuple[str, str, bool]:
    first, second = most_in_each_half(samples)
    return (f"memory of {name}", f"{first:.0f} → {second:.0f} MB", second <= first * GROWS_AT_MOST)


def report(lines, saboteur: Saboteur, tablets: Tablets, clinic: SoakClinic) -> None:
    print(f"\n{saboteur.struck.total()} faults, {clinic.deaths} programs started again:")
    for name, count in sorted(saboteur.struck.items()):
        print(f"  {count:4} {name}")
    print(f"{len(tablets.sent)} forms, {tablets.tries} tries\n")
    for name, found, holds in lines:
        print(f"{'holds' if holds else 'FAILS':6} {name}: {found}")


if __name__ == "__main__":
    sys.exit(main())
