"""`kehu import crm-sales` and `kehu import leads`."""

from __future__ import annotations

from pathlib import Path

import click

from kehu.ops.cli.context import CommandContext
from kehu_sfa.imports.crm_sales import import_crm_sales
from kehu_sfa.imports.files import ImportReport
from kehu_sfa.imports.leads import LeadMap, import_leads
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
    _tell(report)


@click.command("leads")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path),
    required=True,
    help="A TOML file: `key`, the column that names a lead, and a table `fields` from column to field of Lead.",
)
@click.pass_obj
def leads_command(command: CommandContext, file: Path, map_file: Path) -> None:
    """Import leads from the CSV file FILE, and tell what became of each row.

    What is there already stays as it is. The exit status is 1 where rows were rejected.
    """
    columns = LeadMap.read(map_file)
    _tell(command.run(import_leads(command.app(), file, columns, request_id=command.request_id)))


def _tell(report: ImportReport) -> None:
    for line in report.lines():
        click.echo(line)
    if report.has_rejected:
        raise SystemExit(1)


plugin.command(crm_sales_command, group="import")
plugin.command(leads_command, group="import")
