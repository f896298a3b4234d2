"""`kehu import crm-sales`."""

from __future__ import annotations

from pathlib import Path

import click

from kehu.cli.context import CommandContext
from kehu_sfa.imports.crm_sales import import_crm_sales
from kehu_sfa.plugin import plugin


@click.command("crm-sales")
@click.argument("folder", type=click.Path(path_type=Path))
@click.pass_obj
def crm_sales_command(command: CommandContext, folder: Path) -> None:
    """Import the data set "CRM Sales Opportunities" from FOLDER.

    Reads accounts.csv, products.csv, sales_teams.csv and sales_pipeline.csv, and tells what became of each row.
    What is there already stays as it is. The exit status is 1 where rows were rejected.
    """
    report = command.run(import_crm_sales(command.app(), folder, request_id=command.request_id))
    for line in report.lines():
        click.echo(line)
    if report.has_rejected:
        raise SystemExit(1)


plugin.command(crm_sales_command, group="import")
