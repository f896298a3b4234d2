"""The command line: `kehu`, with the commands of the plugins that are enabled."""

from kehu.cli.context import CommandContext
from kehu.cli.root import main

__all__ = ["CommandContext", "main"]
