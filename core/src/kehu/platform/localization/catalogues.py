"""Catalogues: what every plugin says in other languages, from `locale/<language>/messages.po` of its package."""

from __future__ import annotations

import functools
import importlib.resources
import importlib.util
import re
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from kehu.kernel.composition import Composition
from kehu.kernel.plugin import Plugin
from kehu.kernel.texts import Label, Text

if TYPE_CHECKING:
    from kehu.kernel.app import App

SOURCE_LANGUAGE = "en"
_WEIGHT = re.compile(r"[qQ]\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
Messages = dict[tuple[str | None, str], str]


class Catalogues:
    """The translations of one App's plugins. A language is read when somebody first asks for it."""

    def __init__(self, plugins: Sequence[Plugin]) -> None:
        packages = {plugin.name: package_of(plugin) for plugin in plugins}
        self._packages = list(dict.fromkeys(filter(None, packages.values())))
        self._homes = {
            resource.name: packages[plugin.name] for plugin in plugins for resource in plugin.resources
        }
        self._read_once = functools.cache(self._read)

    def tell(self, message: str, locale: str) -> str:
        """The message in the language of `locale` (`zh_CN`, `zh-Hans-CN`, `en`), in English where there is no other."""
        messages = self._of(locale)
        if isinstance(message, Text):
            template = messages.get((None, message.template), message.template)
            return message.in_words_of(template, functools.partial(self._told, locale))
        return messages.get((None, message)) or message

    def name(self, context: str, english: str, locale: str) -> str:
        """The name of a type, field or choice: by its context (`Opportunity.amount`), else by its English words.

        The same words may mean something else to another plugin, so those of the one that has the type come first.
        """
        return self._name(context, english, locale) or english

    def has(self, context: str, english: str, locale: str) -> bool:
        """Whether there is a translation of a name."""
        return self._name(context, english, locale) is not None

    def _name(self, context: str, english: str, locale: str) -> str | None:
        home = self._homes.get(context.partition(".")[0])
        own = {} if home is None else self._of(locale, home)
        messages = self._of(locale)
        return messages.get((context, english)) or own.get((None, english)) or messages.get((None, english))

    def _told(self, locale: str, value: Any) -> Any:
        """A value of a text; what stands for words in that language."""
        if isinstance(value, Label):
            return self.name(value.context, value.english, locale)
        return self.tell(value, locale) if isinstance(value, Text) else value

    def _of(self, locale: str, package: str | None = None) -> Messages:
        """All messages in the language of a locale, or those of one package."""
        spoken = self._spoken
        return self._read_once(tuple(each for each in _fallbacks(locale) if each in spoken), package)

    @functools.cached_property
    def _spoken(self) -> frozenset[str]:
        """The languages that there are catalogues in."""
        folders = [folder for package in self._packages if (folder := _folder(package)) is not None]
        return frozenset(each.name for folder in folders if folder.is_dir() for each in folder.iterdir())

    def _read(self, languages: Sequence[str], package: str | None) -> Messages:
        found: Messages = {}
        for language in languages:
            for each in self._packages if package is None else [package]:
                found = dict(_messages(each, language)) | found
        return found


def catalogues_of(app: App) -> Catalogues:
    """The catalogues of the plugins of an App."""
    return app.composition.derived(_of_composition)


def _of_composition(composition: Composition) -> Catalogues:
    return Catalogues(composition.plugins)


def package_of(plugin: Plugin) -> str | None:
    """The import name of the package that a plugin comes with; None for a single file."""
    if plugin.package:
        return plugin.package
    models = [resource.model.__module__ for resource in plugin.resources]
    return models[0].partition(".")[0] if models and not plugin.local_file else None


@functools.lru_cache(maxsize=256)
def _fallbacks(locale: str) -> tuple[str, ...]:
    """`zh_CN`, then `zh`; for `zh`, `zh_Hant_TW` and others without texts of their own where most speak it, `zh_CN`.

    Of a list as browsers send it, such as `zh-TW,zh;q=0.9,en;q=0.8`, all that come before English, which is what the
    texts are written in.
    """
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415  # a server starts without Babel
    from babel.core import get_global  # noqa: PLC0415

    found: list[str | None] = []
    for name in _wanted(locale):
        try:
            parsed = Locale.parse(name.replace("-", "_"))
        except (ValueError, UnknownLocaleError):
            continue
        if parsed.language == SOURCE_LANGUAGE:
            break
        likely = get_global("likely_subtags").get(parsed.language, "").rpartition("_")[2]
        by_territory = [f"{parsed.language}_{each}" if each else None for each in (parsed.territory, likely)]
        found += [str(parsed), by_territory[0], parsed.language, by_territory[1]]
    return tuple(dict.fromkeys(filter(None, found)))


def _wanted(locale: str) -> list[str]:
    """The languages of a list, the most wanted first; those of weight 0, or of a weight that is none, are not."""
    weighed = [
        (name.strip(), _weight(said)) for name, _, said in (p.partition(";") for p in locale.split(","))
    ]
    return [name for name, weight in sorted(weighed, key=lambda each: -each[1]) if weight > 0]


def _weight(said: str) -> float:
    found = _WEIGHT.fullmatch(said.strip())
    return float(found.group(1)) if found else float(not said.strip())


def _messages(package: str, language: str) -> Iterator[tuple[tuple[str | None, str], str]]:
    from babel.messages.pofile import read_po  # noqa: PLC0415

    folder = _folder(package)
    file = None if folder is None else folder.joinpath(language, "messages.po")
    if file is None or not file.is_file():
        return
    with file.open("rb") as stream:
        for message in read_po(stream, locale=language):
            if message.id and message.string and not message.fuzzy:
                yield (message.context or None, str(message.id)), str(message.string)


def _folder(package: str) -> Traversable | None:
    if importlib.util.find_spec(package) is None:
        return None
    return importlib.resources.files(package).joinpath("locale")
