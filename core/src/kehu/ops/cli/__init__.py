"""The command line: `kehu`, with the commands of the plugins that are enabled."""

from kehu.ops.cli.context import CommandContext
from kehu.ops.cli.root import main

__all__ = ["CommandContext", "main"]
