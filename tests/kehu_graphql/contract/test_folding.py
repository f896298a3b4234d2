"""Filters and search fold texts alike on both databases: case, accents, width, apostrophes."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence

import pytest
import sqlalchemy as sa

import kehu
from kehu.business.identifiers import fold
from kehu.kernel.model.folding import postgresql_function
from kehu.migrations.versions import __name__ as versions
from tests.crm import Crm, OpenCrm

NAMES = [
    "O\u2019Neil",
    "José",
    "İstanbul",
    "Straße",
    "ＡＢＣ商事",
    "ΟΔΟΣ",
    "Łódź",
    "Smith\u2013Jones",
    "Ærø",
    "कंपनी",
]
FOUND = {
    "o'neil": "O\u2019Neil",
    "O\u02bcNEIL": "O\u2019Neil",
    "O`Neil": "O\u2019Neil",
    "jose": "José",
    "JOSE\u0301": "José",
    "istanbul": "İstanbul",
    "İSTANBUL": "İstanbul",
    "STRASSE": "Straße",
    "abc商事": "ＡＢＣ商事",
    "οδος": "ΟΔΟΣ",
    "οδοσ": "ΟΔΟΣ",
    "lodz": "Łódź",
    "smith-jones": "Smith\u2013Jones",
    "aero": "Ærø",
    "कंपनी": "कंपनी",
}
FILTERED = "query ($filter: CustomerFilter!) { customers(filter: $filter) { nodes { name } } }"
SEARCH = "query ($text: String!) { search(text: $text) { nodes { ... on Customer { name } } } }"
POINTS = (
    "query ($text: String!) { search(text: $text) { nodes { ... on ContactPoint { normalisedValue } } } }"
)
# So many code points are folded together; the database has its say once for all of them.
PIECE = 2000


@pytest.fixture
async def crm(open_crm: OpenCrm) -> Crm:
    crm = await open_crm()
    await crm.store(*(kehu.Customer(name=name) for name in NAMES))
    return crm


async def names(crm: Crm, operator: str, text: str) -> Sequence[str]:
    given = {"filter": {"name": {operator: text}}}
    return [node["name"] for node in (await crm.ask(FILTERED, given))["customers"]["nodes"]]


async def test_filters_and_search_find_what_is_written_otherwise(crm: Crm) -> None:
    for text, name in FOUND.items():
        for operator in ("contains", "startsWith", "endsWith"):
            assert await names(crm, operator, text) == [name], (operator, text)
        found = await crm.ask(SEARCH, {"text": text})
        assert found["search"]["nodes"] == [{"name": name}], text
    assert await names(crm, "eq", "JOSÉ") == []
    assert await names(crm, "eq", "Jose\u0301") == ["José"]
    assert await names(crm, "contains", "％") == []


async def test_the_database_folds_every_letter_as_python_does(crm: Crm) -> None:
    letters = [
        chr(c) for c in range(1, sys.maxunicode) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")
    ]
    pieces = ["x\n".join(letters[at : at + PIECE]) for at in range(0, len(letters), PIECE)]
    different = []
    async with crm.app.context() as ctx:
        for piece in pieces:
            theirs = await ctx.session.scalar(sa.select(sa.func.kehu_fold(sa.literal(piece))))
            pairs = zip(fold(piece).split("x\n"), str(theirs).split("x\n"), strict=True)
            different += [ascii(pair) for pair in pairs if pair[0] != pair[1]]
    assert different == []


def test_the_migration_makes_the_function_that_new_databases_have() -> None:
    migration = __import__(f"{versions}.0002_fold_texts", fromlist=["FOLD"])

    assert postgresql_function() == migration.FOLD


NUMBERS = ["0171 1234567", "0171/123 45 67", "01711234567", "+49 (0)171 1234567", "0049 171 1234567"]
NUMBERS += ["1711234567", "０１７１ 1234567"]


async def test_a_number_is_found_as_it_is_dialled_within_its_country(crm: Crm) -> None:
    (owner,) = await crm.all(kehu.Customer, kehu.Customer.name == "José")
    await crm.store(
        kehu.ContactPoint(customer_id=owner.id, kind="MOBILE", value="+49 171 1234567"),
        kehu.ContactPoint(customer_id=owner.id, kind="PHONE", value="+49 30 901820 ext. 12"),
        kehu.ContactPoint(customer_id=owner.id, kind="PHONE", value="+49 30 901820 ext. 13"),
    )
    for typed in NUMBERS:
        found = await crm.ask(POINTS, {"text": typed})
        assert [node["normalisedValue"] for node in found["search"]["nodes"]] == ["+491711234567"], typed
    switchboard = await crm.ask(POINTS, {"text": "030 901820"})
    extensions = [node["normalisedValue"] for node in switchboard["search"]["nodes"]]
    assert sorted(extensions) == ["+4930901820;ext=12", "+4930901820;ext=13"]
