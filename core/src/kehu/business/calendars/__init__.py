"""Calendars: working hours, holidays, and the arithmetic of promises."""

from kehu.business.calendars.working_time import (
    NoWorkingTime,
    WorkingHours,
    add_working_time,
    is_working,
    working_time_between,
)

__all__ = ["NoWorkingTime", "WorkingHours", "add_working_time", "is_working", "working_time_between"]
