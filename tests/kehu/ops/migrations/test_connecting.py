from __future__ import annotations

from pathlib import Path

import pytest

import kehu
from kehu.core_plugin import plugin as core
from kehu.ops.migrations import check, plan, upgrade


@pytest.mark.parametrize("work", [upgrade, plan, check])
async def test_a_folder_that_does_not_exist_is_a_sentence(tmp_path: Path, work: object) -> None:
    app = kehu.App([core], f"sqlite:///{tmp_path}/nowhere/kehu.db")

    with pytest.raises(
        kehu.SetupError, match=r"nowhere/kehu.db cannot be reached.*Check that the folder exists"
    ):
        await work(app)  # type: ignore[operator]
    await app.close()


async def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "kehu.db").write_text("a letter to a customer, not a database" * 100)
    app = kehu.App([core], f"sqlite:///{tmp_path}/kehu.db")

    with pytest.raises(kehu.SetupError, match="file is not a database"):
        await upgrade(app)
    await app.close()


async def test_a_server_that_does_not_run_is_a_sentence_without_the_password() -> None:
    app = kehu.App([core], "postgresql://kehu:s3cret@127.0.0.1:1/crm")

    with pytest.raises(kehu.SetupError) as refused:
        await upgrade(app)

    assert "postgresql://kehu:***@127.0.0.1:1/crm cannot be reached" in str(refused.value)
    assert "Check that the server runs" in str(refused.value)
    assert "s3cret" not in str(refused.value)
    await app.close()
