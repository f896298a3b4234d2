from __future__ import annotations

from pathlib import Path

from tests.kehu.ops.cli.conftest import Kehu, folder, kehu

__all__ = ["folder", "kehu"]


def test_a_backup_is_made_and_restored_from_the_command_line(kehu: Kehu, folder: Path) -> None:
    kehu("--plugins", "core", "db", "upgrade")

    made = kehu("--plugins", "core", "backup", "today.kehu")
    refused = kehu("--plugins", "core", "restore", "today.kehu")
    restored = kehu("--plugins", "core", "restore", "today.kehu", "--yes")
    checked = kehu("--plugins", "core", "db", "check")

    assert made.exit_code == 0, made.output
    assert made.stdout.startswith("Wrote today.kehu: ")
    assert refused.exit_code == 1
    assert "tables already. Replace all of it?" in refused.output
    assert restored.exit_code == 0, restored.output
    assert restored.stdout.startswith("Restored ")
    assert checked.exit_code == 0
    assert (folder / "today.kehu").is_file()


def test_a_backup_is_restored_into_an_empty_database_without_asking(kehu: Kehu, database_url: str) -> None:
    kehu("--plugins", "core", "db", "upgrade")
    kehu("--plugins", "core", "backup", "today.kehu")
    kehu("--plugins", "core", "db", "downgrade", "core", "--yes")

    restored = kehu("--plugins", "core", "restore", "today.kehu")

    assert restored.exit_code == 0, restored.output
    assert database_url.partition(":")[0] in ("sqlite", "postgresql+psycopg")


def test_a_missing_file_is_said_in_a_sentence(kehu: Kehu) -> None:
    result = kehu("--plugins", "core", "restore", "nothing.kehu", "--yes")

    assert result.exit_code == 1
    assert "There is no file nothing.kehu." in result.stderr
