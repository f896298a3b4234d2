"""Rows of CSV files, and the account of what became of each of them."""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import kehu


class RowRejected(Exception):
    """A row that cannot become a record; the message says why."""


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One row: its line in the file, the header being line 1, and its values by column, blanks cut off."""

    line: int
    values: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


@dataclasses.dataclass
class FileAccount:
    """What became of the rows of one file: read = created + existing + rejected."""

    name: str
    read: int = 0
    created: int = 0
    existing: int = 0
    rejected: list[tuple[int, str]] = dataclasses.field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """The account in words, each rejected row with its line and reason."""
        yield (
            f"{self.name}: {self.read:,} rows read = {self.created:,} created + {self.existing:,} existing"
            f" + {len(self.rejected):,} rejected"
        )
        for line, reason in self.rejected:
            yield f"  line {line}: {reason}"


@dataclasses.dataclass
class ImportReport:
    """The accounts of all files, and what was read otherwise than it stands there, with the number of rows."""

    files: list[FileAccount] = dataclasses.field(default_factory=list)
    mapped: Counter[str] = dataclasses.field(default_factory=Counter)
    noted: Counter[str] = dataclasses.field(default_factory=Counter)

    def file(self, name: str) -> FileAccount:
        """The account of a file, opened when it is asked for the first time."""
        found = next((file for file in self.files if file.name == name), None)
        if found is None:
            found = FileAccount(name)
            self.files.append(found)
        return found

    @property
    def has_rejected(self) -> bool:
        """Some row did not become a record."""
        return any(file.rejected for file in self.files)

    def lines(self) -> Iterator[str]:
        """The whole report, a line for each thing to know."""
        for file in self.files:
            yield from file.lines()
        for title, counts in (("Mapped:", self.mapped), ("Noted:", self.noted)):
            if counts:
                yield title
                yield from (f"  {count:>6,}  {text}" for text, count in sorted(counts.items()))


def read_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """All rows of a UTF-8 CSV file. Raises SetupError where the file or one of `columns` is missing."""
    if not path.is_file():
        raise kehu.SetupError(f"There is no file {path}; name the folder that holds it.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise kehu.SetupError(f"{path} has no column {', '.join(missing)}; it is another file.")
        return [Row(line, _values(row, columns)) for line, row in enumerate(reader, start=2)]


def _values(row: dict[str, str | None], columns: Sequence[str]) -> dict[str, str]:
    return {column: (row[column] or "").strip() for column in columns}
