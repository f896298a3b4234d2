"""What a server needs until its first answer, and what it does without."""

from __future__ import annotations

import subprocess
import sys

START = """
import sys
import kehu
from kehu_graphql.commands import Api
Api(kehu.App(kehu.installed(), "sqlite:///nothing.db"))
print(*sys.modules)
"""
UNNEEDED = {"alembic", "asyncpg", "babel", "holidays", "httpx2", "mako", "phonenumbers"}


def test_a_server_on_sqlite_starts_without_libraries_that_few_requests_need() -> None:
    found = subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout

    assert UNNEEDED & set(found.split()) == set()
