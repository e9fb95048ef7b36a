"""Invitations in mail: a calendar's text goes in, the event as a person reads it comes out."""

from __future__ import annotations

import re
from datetime import datetime

_FOLDED = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"([A-Za-z-]{1,60})((?:;[^:\";]*(?:\"[^\"]*\"[^:\";]*)*)*):(.*)")
_ESCAPED = re.compile(r"\\([nN;,\\])")
_SHOWN = {  # and what it is called in the text
    "SUMMARY": "Event",
    "DTSTART": "Start",
    "DTEND": "End",
    "LOCATION": "Place",
    "ORGANIZER": "Organiser",
    "ATTENDEE": "Attendee",
    "DESCRIPTION": "Description",
}
_COMMON_NAME = re.compile(r";CN=\"?([^\";:]+)", re.IGNORECASE)
_ZONE = re.compile(r";TZID=\"?([^\";:]+)", re.IGNORECASE)
_MAX_LINES = 500
_MAX_LINE = 5000  # characters


def read_calendar(text: str) -> str:
    """Return the events of a calendar, a line for each property that people look for; "" if there are none."""
    lines: list[str] = []
    inside = False
    for line in _FOLDED.sub("", text).splitlines():
        if line.upper().startswith(("BEGIN:VEVENT", "END:VEVENT")):
            inside = line[:1] in "bB"
            lines.append("")
        elif inside and (match := _LINE.fullmatch(line[:_MAX_LINE])) and match[1].upper() in _SHOWN:
            value = _value(match[1].upper(), match[2], match[3])
            if value:
                lines.append(f"{_SHOWN[match[1].upper()]}: {value}")
    return "\n".join(lines[:_MAX_LINES]).strip()


def _value(name: str, parameters: str, value: str) -> str:
    if name.startswith("DT"):
        zone = _ZONE.search(parameters)
        return _date(value) + (f" ({zone[1]})" if zone else "")
    if name in ("ORGANIZER", "ATTENDEE"):
        address = value.removeprefix("mailto:").removeprefix("MAILTO:")
        common = _COMMON_NAME.search(parameters)
        return f"{common[1]} <{address}>" if common and common[1] != address else address
    return _ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], value).strip()


def _date(value: str) -> str:
    for form, shown in (
        ("%Y%m%dT%H%M%SZ", "%Y-%m-%d %H:%M UTC"),
        ("%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M"),
        ("%Y%m%d", "%Y-%m-%d"),
    ):
        try:
            return datetime.strptime(value, form).strftime(shown)
        except ValueError:
            continue
    return value
