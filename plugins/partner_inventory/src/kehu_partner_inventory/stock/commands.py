"""`kehu stock check`."""

from __future__ import annotations

from collections.abc import Sequence

import click

import kehu
from kehu.kernel.texts import plain
from kehu.ops.cli.context import CommandContext
from kehu_partner_inventory.plugin import plugin
from kehu_partner_inventory.stock.checking import Discrepancy, discrepancies


@click.command("check")
@click.pass_obj
def check_command(command: CommandContext) -> None:
    """Prove that balances, orders, reservations and invoices say what the moves say; the exit status is 1 when not."""
    found = command.run(_check(command.app()))
    for each in found:
        click.echo(
            f"{' at '.join(filter(None, (each.product, each.location)))}: {each.what}; "
            f"it is {plain(each.booked)}, and should be {plain(each.proven)}."
        )
    if found:
        raise SystemExit(1)
    click.echo("The books balance.")


async def _check(app: kehu.App) -> Sequence[Discrepancy]:
    async with app.context() as ctx:
        return await discrepancies(ctx)


plugin.command(check_command, group="stock")
