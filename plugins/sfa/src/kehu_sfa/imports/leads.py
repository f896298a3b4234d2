"""Import leads from a CSV file of any shape: a map says which column goes into which field."""

from __future__ import annotations

import dataclasses
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import kehu
from kehu.business.identifiers import country_code
from kehu.kernel.model.values import from_json
from kehu.kernel.names import camel
from kehu_sfa.imports.files import ImportReport, Row, RowRejected, read_rows
from kehu_sfa.imports.storing import Recipe, store
from kehu_sfa.leads.models import Lead, LeadStatus

YES = ("yes", "true", "1", "y")


@dataclasses.dataclass(frozen=True, slots=True)
class LeadMap:
    """What the columns of a file mean.

    `key` is the column with the name of a lead in the file. `fields` are the fields of Lead, custom ones too, by
    column. `unanswered` are words that mean nothing, such as `Select`. `converted` is the column that says yes for
    leads that have become customers; the others are being worked on.
    """

    key: str
    fields: Mapping[str, str]
    unanswered: tuple[str, ...] = ()
    converted: str | None = None

    @classmethod
    def read(cls, path: Path) -> LeadMap:
        """The map in a TOML file. Raises SetupError for one that cannot be used."""
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
            unanswered = tuple(said.get("unanswered", ()))
            return cls(said["key"], dict(said["fields"]), unanswered, said.get("converted"))
        except OSError as error:
            raise kehu.SetupError(f"{path} cannot be read: {error.strerror}.") from None
        except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
            raise kehu.SetupError(
                f"{path} is no map of leads, which has a key and a table fields: {error}."
            ) from None

    @property
    def columns(self) -> list[str]:
        """Every column that is read."""
        more = [self.key, self.converted] if self.converted else [self.key]
        return list(dict.fromkeys([*more, *self.fields]))


async def import_leads(
    app: kehu.App, file: Path, columns: LeadMap, *, request_id: str | None = None
) -> ImportReport:
    """Create a lead for each row that has none yet, through the write path; a second run creates nothing.

    Raises SetupError, before anything is written, where the file, a column or a field is missing.
    """
    rows = read_rows(file, columns.columns)
    report = ImportReport()
    reading = _Reading(columns, _places(app, columns), app.clock())
    contexts = partial(app.context, request_id=request_id or uuid.uuid4().hex)
    await store(contexts, Recipe(Lead, columns.key, reading.lead), rows, report.file(file.name))
    for row in rows:
        report.noted.update(reading.left_out(row))
    return report


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """A field of leads: a column, or a custom field."""

    kind: type[Any]
    attribute: str | None = None
    custom: kehu.CustomField[Any, Any] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class _Reading:
    """Makes leads of rows."""

    columns: LeadMap
    places: Mapping[str, _Place]
    now: datetime

    def lead(self, row: Row) -> Lead:
        """The lead of a row. Raises RowRejected."""
        made = Lead(external_id=row[self.columns.key], custom={}, status=LeadStatus.WORKING)
        if self.columns.converted and _is_yes(row[self.columns.converted]):
            made.status, made.converted_at = LeadStatus.CONVERTED, self.now
        for column, place in self.places.items():
            if self._counts(place, row[column]):
                self._put(made, column, place, row[column])
        return made

    def left_out(self, row: Row) -> Iterator[str]:
        """What of a row goes into no field, in words."""
        for column, place in self.places.items():
            text = row[column]
            if text in self.columns.unanswered:
                yield f"cells {text!r}: left empty"
            elif text and not self._counts(place, text):
                yield f"{column} {text!r}: no country, left empty"

    def _counts(self, place: _Place, text: str) -> bool:
        """Whether the cell says something that its field can hold."""
        is_no_country = place.attribute == Lead.country.key and country_code(text) is None
        return bool(text) and text not in self.columns.unanswered and not is_no_country

    def _put(self, made: Lead, column: str, place: _Place, text: str) -> None:
        value = _value(place.kind, column, text)
        if place.custom:
            place.custom.set(made, value)
        else:
            setattr(made, place.attribute or "", value)


def _places(app: kehu.App, columns: LeadMap) -> dict[str, _Place]:
    entity = app.composition.entities[Lead]
    known = {
        column.name: _Place(column.mapped.type.python_type, attribute=column.attribute)
        for column in entity.columns.values()
        if column.options.create and column.target is None
    }
    known |= {camel(field.field_name): _Place(field.kind, custom=field) for field in entity.custom_fields}
    unknown = sorted(set(columns.fields.values()) - known.keys())
    if unknown:
        raise kehu.SetupError(f"Leads have no field {', '.join(unknown)} to import into.")
    return {column: known[name] for column, name in columns.fields.items()}


def _value(kind: type[Any], column: str, text: str) -> Any:
    if kind is bool:
        return _is_yes(text)
    try:
        if kind in (int, float):
            number = float(text)
            return number if kind is float else _whole(number)
        return text if kind is str else from_json(kind, text)
    except (ValueError, KeyError, ArithmeticError):
        raise RowRejected(f"{column} {text!r} is no {kind.__name__}.") from None


def _whole(number: float) -> int:
    if not number.is_integer():
        raise ValueError(number)
    return int(number)


def _is_yes(text: str) -> bool:
    return text.strip().lower() in YES
