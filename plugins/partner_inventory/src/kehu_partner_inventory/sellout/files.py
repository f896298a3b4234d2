"""Reading a file of what was sold: CSV as spreadsheets write it, with names of columns in English or Chinese."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

import kehu
from kehu.kernel.model import is_of_ordinary_length
from kehu_partner_inventory.sellout.models import RowError, UnreadableFile

NAMES: Mapping[str, Sequence[str]] = {
    "product": ("product", "product code", "code", "sku", "产品编码", "产品", "货号"),
    "quantity": ("quantity", "qty", "sold", "数量", "销量"),
    "day": ("date", "sold on", "day", "日期", "销售日期"),
    "lot": ("lot", "serial", "batch", "批号", "序列号"),
}
MOST_ROWS = 5000


@dataclasses.dataclass(frozen=True, slots=True)
class SoldRow:
    """A row as it was understood."""

    row: int
    product: str
    quantity: Decimal
    day: date | None
    lot: str | None


def read_rows(content: str, *, today: date) -> tuple[list[SoldRow], list[RowError]]:
    """The rows of a file and what is wrong with them; nothing is sold after today. Raises UnreadableFile."""
    lines = content.removeprefix("\ufeff")
    dialect = _delimiter(lines)
    reader = csv.DictReader(io.StringIO(lines), delimiter=dialect)
    columns = _columns(reader.fieldnames or [])
    rows: list[SoldRow] = []
    errors: list[RowError] = []
    for number, row in enumerate(reader, start=2):
        if number > MOST_ROWS + 1:
            message = kehu.text("A file has at most {most} rows.", most=MOST_ROWS)
            raise UnreadableFile(message, field="content")
        if not any((value or "").strip() for value in row.values() if isinstance(value, str)):
            continue
        given = {name: (row.get(column) or "").strip() for name, column in columns.items()}
        found = _row(number, given, columns, today)
        if isinstance(found, RowError):
            errors.append(found)
        else:
            rows.append(found)
    if not rows and not errors:
        raise UnreadableFile(kehu.text("The file has no rows."), field="content")
    return rows, errors


def _delimiter(content: str) -> str:
    head = content.partition("\n")[0]
    return max(",;\t", key=head.count)


def _columns(names: Sequence[str]) -> dict[str, str]:
    """The file's own name for each column that it has. Raises UnreadableFile."""
    found = {}
    for meaning, known in NAMES.items():
        for name in names:
            if name.strip().lower() in known:
                found[meaning] = name
                break
    for needed in ("product", "quantity"):
        if needed not in found:
            message = kehu.text("The file has no column {column}.", column=needed)
            raise UnreadableFile(message, field="content")
    return found


def _row(
    number: int, given: Mapping[str, str], columns: Mapping[str, str], today: date
) -> SoldRow | RowError:
    if not given["product"]:
        return RowError(number, columns["product"], "REQUIRED", kehu.text("Say what was sold."))
    try:
        quantity = Decimal(given["quantity"])
    except InvalidOperation:
        return RowError(
            number,
            columns["quantity"],
            "INVALID",
            kehu.text("{value} is no number.", value=given["quantity"]),
        )
    if not quantity.is_finite() or not is_of_ordinary_length(quantity) or quantity <= 0:
        return RowError(number, columns["quantity"], "OUT_OF_RANGE", kehu.text("A quantity is above zero."))
    day = _day(number, given.get("day"), columns, today)
    if isinstance(day, RowError):
        return day
    return SoldRow(number, given["product"], quantity, day, given.get("lot") or None)


def _day(number: int, given: str | None, columns: Mapping[str, str], today: date) -> date | RowError | None:
    if not given:
        return None
    try:
        day = date.fromisoformat(given.replace("/", "-"))
    except ValueError:
        message = kehu.text("{value} is no day such as 2026-03-31.", value=given)
        return RowError(number, columns["day"], "INVALID", message)
    if not kehu.is_within_border(day):
        message = kehu.text("{value} lies beyond every calendar.", value=given)
        return RowError(number, columns["day"], "OUT_OF_RANGE", message)
    if day > today:
        return RowError(number, columns["day"], "IMPOSSIBLE_MOVE", kehu.text("Nothing moves in the future."))
    return day
