"""Who has taken which name; a second claim is a problem that names both."""

from __future__ import annotations

from kehu.kernel.plugin import Origin


class Claims:
    """The names of one kind that are taken, such as the fields of a type."""

    def __init__(self, problems: list[str]) -> None:
        self._problems = problems
        self._taken: dict[tuple[str, str], Origin] = {}

    def claim(self, space: str, name: str, origin: Origin, hint: str = "") -> bool:
        """Take `name` in `space` ("field of Customer"); False, with a problem noted, when it is taken."""
        first = self._taken.setdefault((space, name), origin)
        if first is origin:
            return True
        self._problems.append(f"{space} {name!r} is defined by {first} and by {origin}{hint and '; ' + hint}")
        return False

    def taken(self, space: str, name: str) -> bool:
        """Whether somebody has the name."""
        return (space, name) in self._taken
