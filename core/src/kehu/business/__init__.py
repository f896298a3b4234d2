"""Business services that any noun can use: approvals, calendars, identifiers."""
