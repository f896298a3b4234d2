"""Passwords that somebody who guesses tries first."""

from __future__ import annotations

import pytest

from kehu.platform.identity.guesses import is_guessable

ABOUT = ("ann.miller@example.com", "Ann Miller")


@pytest.mark.parametrize(
    "password",
    [
        "1234567890",
        "0987654321",
        " " * 10,
        "\t \u3000\u00a0" * 4,
        "aaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "abcdefghijkl",
        "qwertyuiop",
        "qwertyuiop1",
        "password123",
        "Password2026!",
        "administrator",
        "ann.miller@example.com",
        "annmiller1987",
        "Miller-2026-01",
        "１２３４５６７８９０",
    ],
)
def test_what_is_easily_guessed(password: str) -> None:
    assert is_guessable(password, ABOUT)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "another long one", "tr0ub4dor&3x", "客户关系管理系统密码很长", "Zp7!mQ2x#Lw9"],
)
def test_what_is_not_easily_guessed(password: str) -> None:
    assert not is_guessable(password, ABOUT)
