"""`kehu import crm-sales`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kehu.ops.cli import main
from tests.kehu_sfa.imports.files import ROWS, write_files


@pytest.fixture
def database(sqlite_url: str) -> str:
    result = CliRunner().invoke(main, ["--database", sqlite_url, "--plugins", "sfa", "db", "upgrade"])
    assert result.exit_code == 0, result.output
    return sqlite_url


def run(database: str, folder: Path) -> tuple[int, list[str]]:
    result = CliRunner().invoke(
        main, ["--database", database, "--plugins", "sfa", "import", "crm-sales", str(folder)]
    )
    return result.exit_code, result.output.splitlines()


def test_import_crm_sales_tells_what_became_of_each_row(database: str, tmp_path: Path) -> None:
    exit_code, lines = run(database, write_files(tmp_path))

    assert exit_code == 0
    assert "sales_pipeline.csv: 4 rows read = 4 created + 0 existing + 0 rejected" in lines


def test_rejected_rows_make_the_command_fail(database: str, tmp_path: Path) -> None:
    write_files(tmp_path, {"products.csv": [*ROWS["products.csv"], "GTZ,GTX,dear"]})

    exit_code, lines = run(database, tmp_path)

    assert exit_code == 1
    assert "  line 4: sales_price 'dear' is no number." in lines


def test_a_folder_without_the_files_is_named(database: str, tmp_path: Path) -> None:
    exit_code, lines = run(database, tmp_path)

    assert exit_code == 1
    assert lines[-1].startswith(f"Error: There is no file {tmp_path / 'accounts.csv'}")
