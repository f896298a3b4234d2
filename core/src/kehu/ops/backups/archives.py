"""The file of a backup: a zip with the manifest and the data, readable by its owner only."""

from __future__ import annotations

import contextlib
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from kehu.kernel.errors import SetupError
from kehu.ops.backups.manifest import Manifest, manifest_of

MANIFEST = "manifest.json"
DATA = {"sqlite": "kehu.db", "postgresql": "kehu.pgdump"}


def write_archive(file: Path, manifest: Manifest, data: Path) -> None:
    """Make the file; it is whole, or it is not there. Raises SetupError where there is one already."""
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as raw:  # noqa: PTH123
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                archive.writestr(MANIFEST, manifest.as_json())
                archive.write(data, DATA[manifest.backend])
            raw.flush()
            os.fsync(raw.fileno())
        check_absent(file)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


def check_absent(file: Path) -> None:
    """Raise SetupError for a file that is there, and for a folder that is not."""
    if file.exists():
        raise SetupError(f"{file} is there already; a backup never overwrites anything. Give another name.")
    if not file.parent.is_dir():
        raise SetupError(f"There is no folder {file.parent} to put the backup into.")


@contextlib.contextmanager
def opened(file: Path) -> Iterator[tuple[Manifest, zipfile.ZipFile]]:
    """The manifest and the archive. Raises SetupError for a file that is missing, damaged, or no backup."""
    try:
        with zipfile.ZipFile(file) as archive:
            damaged = archive.testzip()
            if damaged is not None:
                raise SetupError(f"{file} is damaged: {damaged} cannot be read.")
            yield manifest_of(archive.read(MANIFEST)), archive
    except FileNotFoundError:
        raise SetupError(f"There is no file {file}.") from None
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise SetupError(f"{file} is no backup of kehu, or it is damaged: {error}.") from error
