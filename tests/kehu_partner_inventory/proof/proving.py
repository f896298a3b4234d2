"""Running the machine: so many sequences of so many steps on one depot, the same ones for the same seed.

`python -m tests.kehu_partner_inventory.proof.proving URL SEQUENCES STEPS SEED ERA` prints, after each sequence, how
many steps it had ended how, as a line of JSON. Whoever kills it knows what it had finished; the books must balance.
"""

from __future__ import annotations

import json
import sys
from collections import Counter

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

from tests.kehu_partner_inventory.proof.machine import LedgerMachine
from tests.kehu_partner_inventory.proof.world import World


def prove(url: str, *, sequences: int, steps: int, seed: int | None = None, era: int = 0) -> World:
    """Run sequences on the depot at `url`; gives the world with its tally. Raises AssertionError.

    Several processes may do so at once, each in an era of its own.
    """
    world = World.open(url, era=era)
    if seed is not None:
        world.on_finish = _tell
    machine = type("Machine", (LedgerMachine,), {"world": world})
    settings = hypothesis.settings(
        max_examples=sequences,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seed is None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    if seed is not None:
        machine = hypothesis.seed(seed)(machine)
    try:
        run_state_machine_as_test(machine, settings=settings)
    finally:
        world.close()
    return world


def _tell(tally: Counter[str]) -> None:
    sys.stdout.write(json.dumps(tally) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given_url, *numbers = sys.argv[1:]
    given_sequences, given_steps, given_seed, given_era = map(int, numbers)
    prove(given_url, sequences=given_sequences, steps=given_steps, seed=given_seed, era=given_era)
