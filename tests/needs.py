"""What tests need beside Python: where it is missing they are skipped, and say so; in CI they fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Debian has servers where only root looks for programs.
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"


def needs(*programs: str, packages: Path | None = None) -> pytest.MarkDecorator:
    """The mark of a test that needs these programs, and the npm packages of a folder."""
    missing = [program for program in programs if shutil.which(program, path=PATH) is None]
    if packages is not None and not (packages / "node_modules").is_dir():
        missing.append(f"npm ci --prefix {os.path.relpath(packages)}")
    is_left_out = bool(missing) and "CI" not in os.environ
    return pytest.mark.skipif(is_left_out, reason=f"needs {' and '.join(missing)}")
