"""Random days on one database by several processes at once, some of which are killed: see benchmarks/stock.py."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from typing import IO


class Days:
    """So many sequences, shared by processes; a killed one is followed by another that does what was left."""

    def __init__(self, url: str, *, sequences: int, steps: int, writers: int, kills: int) -> None:
        self._url, self._steps, self._kills = url, steps, kills
        self._wanted = sequences
        self._chance = random.Random(sequences)  # noqa: S311  # Repeatable on purpose.
        self._lock = threading.Lock()
        self._finished: Counter[str] = Counter()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._doomed: set[int] = set()
        self._shares = [sequences // writers + (n < sequences % writers) for n in range(writers)]
        self.killed = 0

    def run(self) -> Counter[str]:
        """What was tried, added up. Raises AssertionError where books did not balance, with what the process said."""
        lanes = [_Lane(self, era, share) for era, share in enumerate(self._shares) if share]
        for lane in lanes:
            lane.start()
        self._kill_some()
        for lane in lanes:
            lane.join()
        failed = [lane.said for lane in lanes if lane.said]
        assert not failed, failed[0]
        return self._finished

    def start(self, era: int, sequences: int, attempt: int, errors: IO[bytes]) -> subprocess.Popen[bytes]:
        """A process that does so many, and tells `errors` what went wrong; the seed is another one each time."""
        seed = self._wanted * 1000 + era * 100 + attempt
        module = "tests.kehu_partner_inventory.proof.proving"
        numbers = map(str, (sequences, self._steps, seed, era))
        process = subprocess.Popen(  # noqa: S603  # our own module
            [sys.executable, "-m", module, self._url, *numbers],
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        with self._lock:
            self._running[era] = process
        return process

    def ended(self, era: int) -> bool:
        """Forget a process; whether it was killed."""
        with self._lock:
            del self._running[era]
            was_doomed = era in self._doomed
            self._doomed.discard(era)
        return was_doomed

    def add(self, tally: Counter[str]) -> None:
        """A sequence has ended."""
        with self._lock:
            self._finished += tally

    def _kill_some(self) -> None:
        """Kill somebody, evenly over the whole run, in the middle of whatever it does."""
        for kill in range(self._kills):
            while self._finished["sequences"] < self._wanted * (kill + 1) // (self._kills + 1):
                if not self._running and self._finished:
                    return
                time.sleep(0.05)
            time.sleep(self._chance.random() / 2)
            with self._lock:
                ready = [era for era in self._running if era not in self._doomed]
                if not ready:
                    return
                era = self._chance.choice(ready)
                self._doomed.add(era)
                self._running[era].kill()
                self.killed += 1


class _Lane(threading.Thread):
    """The processes of one era, one after the other."""

    def __init__(self, days: Days, era: int, share: int) -> None:
        super().__init__()
        self._days, self._era, self._left = days, era, share
        self.said = ""

    def run(self) -> None:
        for attempt in itertools.count():
            with tempfile.TemporaryFile() as errors:
                process = self._days.start(self._era, self._left, attempt, errors)
                self._follow(process)
                status, was_killed = process.wait(), self._days.ended(self._era)
                is_failure = status != 0 and not was_killed
                if is_failure:
                    errors.seek(0)
                    self.said = errors.read().decode()[-4000:]
            if is_failure or self._left <= 0:
                return

    def _follow(self, process: subprocess.Popen[bytes]) -> None:
        """Add what each sequence had; the process tells sums, of which the last one may be cut off."""
        assert process.stdout is not None
        before: Counter[str] = Counter()
        for line in process.stdout:
            if not line.endswith(b"\n"):
                return
            tally = Counter(json.loads(line))
            self._days.add(tally - before)
            self._left -= tally["sequences"] - before["sequences"]
            before = tally
