"""Calendars in the API."""

from __future__ import annotations

from kehu.business.calendars.models import Calendar, CalendarException, CalendarHours, PublicHoliday
from kehu.platform.core import plugin

calendar = plugin.resource(Calendar, default_order=[Calendar.name])
calendar_hours = plugin.resource(
    CalendarHours,
    plural_name="CalendarHoursList",
    default_order=[CalendarHours.created_at],
)
calendar_exception = plugin.resource(CalendarException, default_order=[CalendarException.falls_on])
public_holiday = plugin.resource(PublicHoliday, default_order=[PublicHoliday.falls_on])
plugin.relation(Calendar, "hours", CalendarHours.calendar_id, description="Its opening hours, by weekday.")
plugin.relation(
    Calendar, "exceptions", CalendarException.calendar_id, description="Single days with hours of their own."
)
