"""What values are converted to is remembered, but not for ever."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from kehu.kernel.ids import global_id
from kehu_graphql.compiled import serializers


def test_what_is_remembered_makes_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serializers, "REMEMBERED_VALUES", 5)
    found = serializers.Leaves(sqlite.dialect())
    column = sa.column("id", sa.Uuid())
    of_type: dict[str, Any] = {name: found.id_of(column, name)[1] for name in ("Customer", "User")}
    for number in range(40):
        key = uuid.UUID(int=number)
        for name, known in of_type.items():
            assert known[key.hex] == known[key.hex] == global_id(name, key)
            assert known[None] is None
        assert sum(len(known) for known in of_type.values()) <= 5
