"""Operation: the command line, migrations, backups, settings."""
