"""What breaks, one after another, drawn at random from the clinic's weak points."""

import time
from collections import Counter
from collections.abc import Callable
from random import Random

from tests.faults.proxy import Fault, FaultProxy
from tests.soak.clinic import SoakClinic

LASTS = 2.0


class Saboteur:
    """Each `strike` breaks one thing and, where it has to be, mends it. `struck` counts them."""

    def __init__(self, clinic: SoakClinic, proxy: FaultProxy, random: Random):
        self.clinic, self.proxy, self.random = clinic, proxy, random
        self.struck: Counter[str] = Counter()
        on_the_way = [self._on_the_way(fault) for fault in Fault]
        self._faults: list[tuple[str, Callable[[], None]]] = [
            *on_the_way,
            ("web workers killed", clinic.kill_web_workers),
            ("web server killed", lambda: clinic.kill("web")),
            ("mail worker killed", lambda: clinic.kill("worker")),
            ("timetable killed", lambda: clinic.kill("timetable")),
            ("PostgreSQL killed", self._database),
            ("Redis killed and emptied", self._broker),
            ("mail refused with 451", self._mail),
            ("network away", self._network),
        ]

    def strike(self) -> str:
        name, fault = self.random.choice(self._faults)
        fault()
        self.struck[name] += 1
        return name

    def _on_the_way(self, fault: Fault) -> tuple[str, Callable[[], None]]:
        return fault.value, lambda: self.proxy.break_next(fault)

    def _database(self) -> None:
        self.clinic.postgresql.kill()
        time.sleep(LASTS)
        self.clinic.postgresql.start()

    def _broker(self) -> None:
        self.clinic.redis.kill()
        time.sleep(LASTS)
        self.clinic.redis.start()

    def _mail(self) -> None:
        self.clinic.office.answer = "451 try again later"
        time.sleep(LASTS)
        self.clinic.office.answer = None

    def _network(self) -> None:
        self.proxy.is_away = True
        time.sleep(LASTS)
        self.proxy.is_away = False
