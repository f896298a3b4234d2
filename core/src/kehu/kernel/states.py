"""State charts: which verb leads from which states to which, as one table that code, tests and documentation share."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from kehu.kernel.errors import Refusal
from kehu.kernel.texts import choice_label, text

S = TypeVar("S", bound=enum.Enum)


class WrongState(Refusal):
    """The verb does not apply to a record in this state; each chart names a refusal of its own."""

    code = "WRONG_STATE"


@dataclasses.dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """What one verb does: from any of `sources` to `target`."""

    verb: str
    sources: tuple[S, ...]
    target: S


class StateChart(Generic[S]):
    """The life of an entity: `states = StateChart("Quote", Status.DRAFT, [...], refusal=QuoteInOtherState)`.

    Kept as the class attribute `states` of the entity, where `kehu docs states` finds it. `field` is the attribute
    that has the state, which refusals name.
    """

    def __init__(
        self,
        entity: str,
        initial: S,
        transitions: Sequence[Transition[S]],
        *,
        refusal: type[Refusal] = WrongState,
        field: str = "status",
    ) -> None:
        self.field = field
        self.entity, self.initial, self.transitions = entity, initial, tuple(transitions)
        self.refusal = refusal
        self.targets = {
            (each.verb, source): each.target for each in self.transitions for source in each.sources
        }
        assert len(self.targets) == sum(len(each.sources) for each in self.transitions), "one target per verb"

    @property
    def verbs(self) -> list[str]:
        """All verbs, in the order of the table."""
        return list(dict.fromkeys(each.verb for each in self.transitions))

    @property
    def refused(self) -> list[tuple[str, S]]:
        """Every verb with every state in which it is refused: the complement of the table."""
        states = list(type(self.initial))
        return [(verb, state) for verb in self.verbs for state in states if (verb, state) not in self.targets]

    def allows(self, verb: str, state: S) -> bool:
        """Whether the verb applies in this state."""
        return (verb, state) in self.targets

    def after(self, verb: str, state: S, *, of: str) -> S:
        """The state in which `verb` leaves the record `of` that is in `state`. Raises the chart's refusal."""
        target = self.targets.get((verb, state))
        if target is None:
            message = "{record} is {state}: that is not possible in this state."
            told = choice_label(self.entity, self.field, state)
            raise self.refusal(text(message, record=of, state=told), field=self.field)
        return target

    def mermaid(self) -> str:
        """The chart as a Mermaid state diagram."""
        return "\n".join(["stateDiagram-v2", f"    [*] --> {self.initial.name}", *self._arrows()])

    def plain(self) -> str:
        """The chart as lines of text, one for each verb."""
        lines = [f"{self.entity}: starts {self.initial.name}"]
        for each in self.transitions:
            sources = ", ".join(source.name for source in each.sources)
            lines.append(f"  {each.verb}: {sources} -> {each.target.name}")
        return "\n".join(lines)

    def _arrows(self) -> Iterator[str]:
        for each in self.transitions:
            for source in each.sources:
                yield f"    {source.name} --> {each.target.name}: {each.verb}"
        leaving = {source for each in self.transitions for source in each.sources}
        yield from (f"    {state.name} --> [*]" for state in type(self.initial) if state not in leaving)
