"""Clients who hand in, each on a tablet that goes on sending until the server names the form."""

import http.client
import json
import time
import urllib.request
from concurrent.futures import Future, ThreadPoolExecutor
from random import Random

from tests.sealing import seal_answers

USUAL, FALLEN = (88, 97), (50, 75)
FALLS = 0.12  # of all forms
TWICE = 0.1  # are sent two times at once
ANSWERS_WITHIN = 10
LINES = ("relationship", "goals", "approach", "overall")


class Tablets:
    """`sent` are the marks of each form by its uuid; `handed_in` says when all are through."""

    def __init__(self, url: str, public_key: str, random: Random):
        self.url, self.public_key, self.random = url, public_key, random
        self.sent: dict[str, list[int]] = {}
        self.tries = 0
        self._pool = ThreadPoolExecutor(max_workers=40)
        self._waiting: list[Future] = []

    def hand_in(self, uuid: str) -> None:
        low, high = FALLEN if self.random.random() < FALLS else USUAL
        marks = [self.random.randint(low, high) for _line in LINES]
        self.sent[uuid] = marks
        answers = {"uuid": uuid, "language": "en"} | dict(zip(LINES, marks, strict=True))
        for _copy in range(2 if self.random.random() < TWICE else 1):
            body = seal_answers(self.public_key, answers)
            self._waiting.append(self._pool.submit(self._send_until_named, uuid, body))

    def wait(self, within: float) -> int:
        """Returns how many did not get through in time."""
        deadline = time.monotonic() + within
        while self.waiting() and time.monotonic() < deadline:
            time.sleep(0.2)
        return self.waiting()

    def waiting(self) -> int:
        for done in [one for one in self._waiting if one.done()]:
            done.result()
            self._waiting.remove(done)
        return len(self._waiting)

    def _send_until_named(self, uuid: str, body: bytes) -> None:
        pauses = Random(uuid)
        while not self._is_named(uuid, body):
            time.sleep(pauses.uniform(0.5, 2.5))

    def _is_named(self, uuid: str, body: bytes) -> bool:
        """Raises HTTPError for a refusal, which is no fault of the network."""
        self.tries += 1
        request = urllib.request.Request(f"{self.url}/rate/hand-in/", body, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN) as answer:
                return json.load(answer)["uuid"] == uuid
        except urllib.error.HTTPError as refused:
            if refused.code < 500:
                raise
            return False
        except (OSError, http.client.HTTPException, ValueError):
            return False
