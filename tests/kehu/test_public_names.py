"""What `import kehu` offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import kehu


@pytest.mark.parametrize("name", kehu.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(kehu, name) is not None


def test_every_name_that_is_imported_lazily_is_public() -> None:
    assert set(kehu._MODULES) == set(kehu.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        _ = kehu.Nonsense


def test_importing_kehu_does_not_import_the_database_library() -> None:
    code = "import kehu, sys; print('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout == b"False\n"
