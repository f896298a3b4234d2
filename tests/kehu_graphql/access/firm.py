"""A firm with a tree of teams three levels deep, and records of every owner in every team."""

from __future__ import annotations

import dataclasses
import uuid
from decimal import Decimal
from typing import Any

import kehu
from kehu import Level
from tests.crm import Crm
from tests.deals import Deal

#   Company
#   ├── North            Lea leads it, Max works there
#   │   └── North East   Eva works there
#   └── South            Sam works there
COMPANY, NORTH, NORTH_EAST, SOUTH = TEAMS = [
    kehu.Team(id=uuid.UUID(int=i), name=name)
    for i, name in enumerate(["Company", "North", "North East", "South"], 1)
]
LEA, MAX, EVA, SAM = PEOPLE = [
    kehu.User(id=uuid.UUID(int=i), name=name) for i, name in enumerate(["Lea", "Max", "Eva", "Sam"], 101)
]
CUSTOMERS = [uuid.UUID(int=i) for i in range(201, 206)]


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A record as the test knows it; `worth` tells records apart in sums."""

    id: uuid.UUID
    customer: uuid.UUID
    owner: uuid.UUID | None
    team: uuid.UUID | None
    worth: int


def rows_from(first: int) -> list[Row]:
    """One row for each owner in each team, nobody and no team among them."""
    owners = [*(person.id for person in PEOPLE), None]
    teams = [*(team.id for team in TEAMS), None]
    pairs = [(owner, team) for owner in owners for team in teams]
    return [
        Row(uuid.UUID(int=first + i), CUSTOMERS[(i + i // 5) % len(CUSTOMERS)], owner, team, worth=i + 1)
        for i, (owner, team) in enumerate(pairs)
    ]


DEALS, INTERACTIONS = rows_from(1000), rows_from(2000)


def reaches(level: Level, row: Row) -> bool:
    """Whether a grant of this level lets Lea at the row; said once more in Python, without any SQL."""
    within = {
        Level.NONE: set[uuid.UUID](),
        Level.OWN: set[uuid.UUID](),
        Level.TEAM: {NORTH.id},
        Level.SUBTREE: {NORTH.id, NORTH_EAST.id},
        Level.ALL: {team.id for team in TEAMS},
    }[level]
    if level in {Level.NONE, Level.ALL}:
        return level is Level.ALL
    return row.owner == LEA.id or row.team in within


def lea(**grants: Level) -> kehu.Principal:
    """Lea with these grants; a permission is spelled `core__customer__read`."""
    spelled = {"{}.{}:{}".format(*name.split("__")): level for name, level in grants.items()}
    return kehu.Principal(LEA.id, "Lea", teams=(NORTH.id,), subtree=(NORTH.id, NORTH_EAST.id), grants=spelled)


async def found(crm: Crm) -> None:
    """Write the firm into an empty database."""
    parents = {NORTH.id: COMPANY.id, NORTH_EAST.id: NORTH.id, SOUTH.id: COMPANY.id}
    for team in TEAMS:
        await crm.store(kehu.Team(id=team.id, name=team.name, parent_id=parents.get(team.id)))
    await crm.store(*(kehu.User(id=person.id, name=person.name) for person in PEOPLE))
    await crm.store(*(kehu.Customer(id=key, name=f"Customer {key.int}") for key in CUSTOMERS))
    await crm.store(*map(deal_of, DEALS), *map(interaction_of, INTERACTIONS))


def deal_of(row: Row) -> Deal:
    return Deal(name=f"Deal {row.worth}", amount=Decimal(row.worth), **_place(row))


def interaction_of(row: Row) -> kehu.Interaction:
    return kehu.Interaction(subject=f"Call {row.worth}", answered_after_seconds=row.worth, **_place(row))


def _place(row: Row) -> dict[str, Any]:
    return {"id": row.id, "customer_id": row.customer, "owner_id": row.owner, "team_id": row.team}
