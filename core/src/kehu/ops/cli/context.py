"""What a command works with. Nothing heavy is imported before a command asks for it, so that `kehu --help` is quick."""

from __future__ import annotations

import dataclasses
import functools
import uuid
from collections.abc import Coroutine, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from kehu.kernel.app import App
    from kehu.ops.settings import Settings

T = TypeVar("T")


@dataclasses.dataclass
class CommandContext:
    """What every command gets through `@click.pass_obj`: the settings, the App, and a way to run coroutines.

    `options` are the settings given before the command, such as `kehu --plugins core,sfa db upgrade`. `request_id`
    names this run in the logs; hand it to `app.context(..., request_id=...)` to find it in the audit trail too.
    """

    options: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    is_debugging: bool = False
    request_id: str = dataclasses.field(default_factory=lambda: uuid.uuid4().hex)

    @functools.cached_property
    def settings(self) -> Settings:
        """The settings. Raises SetupError for unusable ones."""
        from kehu.ops.settings import load_settings  # noqa: PLC0415  # `kehu --help` does without pydantic.

        return load_settings(**self.options)

    def logs(self) -> AbstractContextManager[object]:
        """Set up the logs, in which each line names the request while the context lasts."""
        from kehu.ops.cli.logs import configured_logs  # noqa: PLC0415  # `kehu --help` does without structlog.

        return configured_logs(self.settings.log_level, request_id=self.request_id)

    def app(self) -> App:
        """The App of the enabled plugins, the same one every time. Raises SetupError and CompositionError."""
        return self._app

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine, and close the App's connections afterwards.

        Raises SetupError instead of what the database says when it cannot be reached or lacks revisions.
        """
        return self.run_on(self.app(), work)

    def run_on(self, app: App, work: Coroutine[Any, Any, T]) -> T:
        """Like `run`, on another App than that of the settings."""
        from kehu.ops.cli.runtime import run_explained  # noqa: PLC0415  # `kehu --help` does without Alembic.

        return run_explained(app, work)

    @functools.cached_property
    def _app(self) -> App:
        from kehu.ops.settings import make_app  # noqa: PLC0415  # `kehu --help` does without SQLAlchemy.

        return make_app(self.settings)
