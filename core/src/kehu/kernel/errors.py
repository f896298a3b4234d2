"""What may go wrong, as classes. Expected failures carry a stable code and a sentence for the person who reads it."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Self

from kehu.kernel.names import camel

# Longer messages repeat what was sent, and whoever sent it knows it.
LONGEST_MESSAGE = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class FieldError:
    """One reason why a write was refused, as a front-end shows it beside the field."""

    code: str
    message: str
    field: str | None = None
    plugin: str | None = None

    def __post_init__(self) -> None:
        # A text that is told in other languages has cut its values itself.
        if len(self.message) > LONGEST_MESSAGE and type(self.message) is str:
            object.__setattr__(self, "message", cut(self.message, LONGEST_MESSAGE))


class KehuError(Exception):
    """The root of everything kehu raises on purpose."""


class SetupError(KehuError):
    """The installation cannot work as it is; the message says what to do."""


class CompositionError(SetupError):
    """A plugin set that does not fit together; `problems` lists every reason, not only the first."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        super().__init__(f"{len(self.problems)} problem(s) in this set of plugins:\n{lines}")


class Refusal(KehuError):
    """A business rule says no; the transaction is rolled back and the reason becomes a userError.

    Plugins derive their own: `class OpportunityClosed(kehu.Refusal): code = "OPPORTUNITY_CLOSED"`.
    `field` names the attribute that is to blame, as a mapped attribute or its name.
    """

    code: ClassVar[str] = "REFUSED"

    def __init__(self, message: str, *, code: str | None = None, field: object = None) -> None:
        super().__init__(message)
        self.errors: tuple[FieldError, ...] = (
            FieldError(code or type(self).code, message, field_name(field)),
        )
        self._about: tuple[object, ...] = ()

    @property
    def about(self) -> tuple[object, ...]:
        """The record that each of `errors` is about; None where that is not known."""
        return self._about or (None,) * len(self.errors)

    def said_of(self, *records: object) -> Self:
        """This refusal, which is about these records: one for each reason, or one for all of them."""
        self._about = records * len(self.errors) if len(records) == 1 else records
        return self

    @property
    def extensions(self) -> dict[str, Any]:
        """What a top-level GraphQL error says when the refusal did not happen inside a mutation."""
        first = self.errors[0]
        shown = {"code": first.code, "field": first.field, "plugin": first.plugin}
        return {name: value for name, value in shown.items() if value is not None}

    def blamed_on(self, plugin: str) -> Self:
        """This refusal with `plugin` filled in where a reason does not name one."""
        self.errors = tuple(dataclasses.replace(e, plugin=e.plugin or plugin) for e in self.errors)
        return self


@contextlib.contextmanager
def within(path: str) -> Iterator[None]:
    """Locate what is to blame for a refusal inside: `quantity` is `lines.2.quantity` within `lines.2`."""
    try:
        yield
    except Refusal as refusal:
        refusal.errors = tuple(
            dataclasses.replace(error, field=f"{path}.{error.field}" if error.field else path)
            for error in refusal.errors
        )
        raise


class Rejected(Refusal):
    """Several reasons at once: all that hooks found wrong with one write."""

    code = "REJECTED"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__("; ".join(e.message for e in errors))
        self.errors = tuple(errors)


class BadInput(Refusal):
    """An argument that cannot be understood."""

    code = "BAD_USER_INPUT"


class NotFound(Refusal):
    """No such record, or none that this principal may see."""

    code = "NOT_FOUND"


class Conflict(Refusal):
    """Somebody else changed the record since it was read."""

    code = "CONFLICT"


class Forbidden(Refusal):
    """The principal lacks a permission."""

    code = "FORBIDDEN"


class Unauthenticated(Refusal):
    """Nobody is signed in."""

    code = "UNAUTHENTICATED"


def veto(message: str, *, field: object = None, code: str = "VETO") -> Refusal:
    """A refusal to raise from an action or a hook: `raise kehu.veto("already closed", field=Opportunity.stage_id)`."""
    return Refusal(message, code=code, field=field)


def field_name(field: object) -> str | None:
    """The GraphQL name of a mapped attribute, a custom field or a Python name."""
    if field is None:
        return None
    if isinstance(field, str):
        return camel(field)
    return camel(str(getattr(field, "field_name", None) or getattr(field, "key", field)))


def blame(error: Exception, plugin: str) -> None:
    """Remember whose code an unexpected error came from; the first to be blamed stays blamed."""
    if plugin_to_blame(error) is None:
        error.kehu_plugin = plugin  # type: ignore[attr-defined]  # a mark of ours


def plugin_to_blame(error: BaseException) -> str | None:
    """The plugin whose code an unexpected error came from, if it is known."""
    return getattr(error, "kehu_plugin", None)


def cut(value: Any, longest: int = 100) -> Any:
    """A string that is longer than this without what stands in its middle; anything else as it is."""
    if not isinstance(value, str) or len(value) <= longest:
        return value
    tail = longest // 4
    return f"{value[: longest - tail - 3]} … {value[-tail:]}"
