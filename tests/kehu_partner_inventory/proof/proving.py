"""Running the machine: so many sequences of so many steps on one depot, the same ones each time."""

from __future__ import annotations

import hypothesis
from hypothesis.stateful import run_state_machine_as_test

from tests.kehu_partner_inventory.proof.machine import LedgerMachine
from tests.kehu_partner_inventory.proof.world import World


def prove(url: str, *, sequences: int, steps: int) -> World:
    """Run sequences on the depot at `url`; gives the world with its tally. Raises AssertionError."""
    world = World.open(url)
    machine = type("Machine", (LedgerMachine,), {"world": world})
    settings = hypothesis.settings(
        max_examples=sequences,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=settings)
    finally:
        world.close()
    return world
