from __future__ import annotations

import json
import logging

import pytest

from kehu.ops.cli.logs import configured_logs


def test_a_traceback_in_the_logs_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    def sign_in(password: str) -> None:
        raise RuntimeError(f"sign in failed after {len(password)} letters")

    with configured_logs("INFO", request_id="r1"):
        try:
            sign_in("correct horse battery")
        except RuntimeError:
            logging.getLogger("kehu").exception("unexpected error")

    logged = capsys.readouterr().err
    record = json.loads(logged.splitlines()[-1])
    assert (record["request_id"], record["exception"][0]["exc_value"]) == (
        "r1",
        "sign in failed after 21 letters",
    )
    assert [frame["name"] for frame in record["exception"][0]["frames"]][-1] == "sign_in"
    assert "correct horse" not in logged
