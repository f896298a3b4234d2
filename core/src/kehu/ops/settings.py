"""Settings: from the environment (`KEHU_*`), and below it from `kehu.toml` in the working directory."""

from __future__ import annotations

import contextlib
import difflib
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from kehu.kernel.app import App
from kehu.kernel.errors import SetupError
from kehu.kernel.jobs import JOBS_AT_ONCE
from kehu.kernel.plugin import Plugin, installed, installed_names, load_directory

FILE = Path("kehu.toml")


class Settings(BaseSettings):
    """How this installation runs. Each field is `KEHU_<FIELD>` in the environment and `<field>` in kehu.toml.

    `database_direct_url` is set where `database_url` leads through PgBouncer in transaction mode: the same database
    without it. `plugins` are the ids to enable, None for all that are installed; core is always enabled.
    `jobs_at_once` is how many jobs a server runs at a time; 0 leaves all of them to `kehu worker`.
    `trusted_documents` is a JSON file of the GraphQL documents that a server executes, and no others.
    """

    model_config = SettingsConfigDict(env_prefix="KEHU_", extra="forbid", frozen=True)

    database_url: str = "sqlite:///kehu.db"
    database_direct_url: str | None = None
    plugins: Annotated[tuple[str, ...] | None, NoDecode] = None
    plugins_dir: Path | None = None
    trusted_documents: Path | None = None
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    jobs_at_once: int = Field(JOBS_AT_ONCE, ge=0)
    secret: SecretStr | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("plugins", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @field_validator("plugins_dir", "trusted_documents", "database_direct_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # Unwanted: kehu.toml is the one file.
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # Unwanted too.
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line wins over the environment, and the environment over the file."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _own_values(read_file()))


def load_settings(**overrides: object) -> Settings:
    """The settings of this process; `overrides` win, those that are None do not count.

    Raises SetupError for a value that cannot be used, for a file that is not TOML, and for an unknown key in it.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        sentences = [_sentence(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise SetupError("\n".join(sentences)) from None


def enabled_plugins(settings: Settings) -> list[Plugin]:
    """The plugins that these settings enable: installed ones, and the files of `plugins_dir`.

    Raises SetupError for one that is not installed or fails to import.
    """
    return [
        *installed(settings.plugins),
        *(load_directory(settings.plugins_dir) if settings.plugins_dir else []),
    ]


def make_app(settings: Settings) -> App:
    """The App that these settings describe; nothing is connected yet.

    Raises SetupError for unusable settings, CompositionError for plugins that do not fit together.
    """
    plugins = enabled_plugins(settings)
    return App(
        plugins,
        settings.database_url,
        direct_url=settings.database_direct_url,
        settings=plugin_settings(plugins),
    )


def plugin_settings(plugins: Sequence[Plugin]) -> list[BaseModel]:
    """The settings of these plugins, from `KEHU_<PLUGIN>_<FIELD>` and below it from the table `[<plugin>]`.

    Raises SetupError for a value that cannot be used and for a key of the table that there is not.
    """
    content, problems = read_file(), list[str]()
    found = [
        _of_plugin(plugin.name, declared.settings, content.get(plugin.name, {}), problems)
        for plugin in plugins
        for declared in plugin.settings_classes
    ]
    if problems:
        raise SetupError("\n".join(problems))
    return [each for each in found if each is not None]


def read_file() -> dict[str, Any]:
    """What kehu.toml says; nothing where there is no such file. Raises SetupError for unknown keys and bad TOML."""
    try:
        content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{FILE} is not valid TOML: {error}.") from error
    unknown = [
        name for name in content if name not in Settings.model_fields and not _is_of_plugin(name, content)
    ]
    if unknown:
        raise SetupError("\n".join(_unknown(name) for name in unknown))
    return content


def _is_of_plugin(name: str, content: dict[str, Any]) -> bool:
    """Whether a key is the table of a plugin; with a plugins_dir, any table may be one of a file in it."""
    return isinstance(content[name], dict) and (name in installed_names() or "plugins_dir" in content)


def _of_plugin(
    plugin: str, settings: type[BaseModel], table: Mapping[str, Any], problems: list[str]
) -> BaseModel | None:
    """What is set for one plugin; None, with sentences in `problems`, when it cannot be used."""
    keys, variables = settings.model_fields, {name: _variable(plugin, name) for name in settings.model_fields}
    unknown = [name for name in table if name not in keys]
    if unknown:
        problems += [
            f"{FILE} has the unknown key {name!r} in its table [{plugin}]; it may have {', '.join(keys)}."
            for name in unknown
        ]
        return None
    given = {name: _value(os.environ[each]) for name, each in variables.items() if each in os.environ}
    try:
        return settings(**{**table, **given})
    except ValidationError as error:
        problems += [_sentence_of_plugin(plugin, each["loc"], each["msg"]) for each in error.errors()]
        return None


def _variable(plugin: str, name: str) -> str:
    return f"KEHU_{plugin}_{name}".upper()


def _value(text: str) -> Any:
    """The text of a variable, for pydantic to make a number or a date of; lists and tables are written as JSON."""
    if text.startswith(("[", "{")):
        with contextlib.suppress(ValueError):
            return json.loads(text)
    return text


def _sentence_of_plugin(plugin: str, location: Sequence[int | str], message: str) -> str:
    name = str(location[0]) if location else ""
    where = (
        f"{_variable(plugin, name)}, or {name} in the table [{plugin}] of {FILE}" if name else f"[{plugin}]"
    )
    return f"The setting {name!r} of plugin {plugin!r} ({where}) is wrong: {message}."


def _own_values(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name in Settings.model_fields}


def _unknown(name: str) -> str:
    known: Sequence[str] = [*Settings.model_fields, *installed_names()]
    close = difflib.get_close_matches(name, known, 1)
    hint = (
        f"did you mean {close[0]!r}?"
        if close
        else f"it may have {', '.join(Settings.model_fields)}, and tables of plugins."
    )
    return f"{FILE} has the unknown key {name!r}; {hint}"


def _sentence(location: Sequence[int | str], message: str) -> str:
    name = str(location[0])
    return f"The setting {name!r} (KEHU_{name.upper()}, or {name} in {FILE}) is wrong: {message}."
