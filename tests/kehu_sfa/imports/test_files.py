"""Rows of CSV files and the account of them."""

from __future__ import annotations

from pathlib import Path

import pytest

import kehu
from kehu_sfa.imports.files import ImportReport, Row, read_rows


def test_rows_know_their_line_and_lose_blanks(tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("\ufeffproduct,price,more\n GTX Pro , 4821,x\nMG\n", encoding="utf-8")

    rows = read_rows(file, ["product", "price"])

    assert rows == [Row(2, {"product": "GTX Pro", "price": "4821"}), Row(3, {"product": "MG", "price": ""})]


def test_a_missing_file_is_a_setup_error(tmp_path: Path) -> None:
    with pytest.raises(kehu.SetupError, match=r"There is no file .*accounts\.csv; name the folder"):
        read_rows(tmp_path / "accounts.csv", ["account"])


def test_a_missing_column_is_a_setup_error(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("account\nAcme\n", encoding="utf-8")

    with pytest.raises(kehu.SetupError, match="has no column sector; it is another file"):
        read_rows(tmp_path / "accounts.csv", ["account", "sector"])


def test_a_report_accounts_for_every_row() -> None:
    report = ImportReport()
    account = report.file("accounts.csv")
    account.read, account.created, account.existing = 1_200, 1_190, 9
    account.rejected.append((17, "revenue 'much' is no number."))
    report.mapped["product 'GTXPro' read as 'GTX Pro'"] = 1_480

    assert report.has_rejected
    assert list(report.lines()) == [
        "accounts.csv: 1,200 rows read = 1,190 created + 9 existing + 1 rejected",
        "  line 17: revenue 'much' is no number.",
        "Mapped:",
        "   1,480  product 'GTXPro' read as 'GTX Pro'",
    ]
