"""The settings that an Admin may change while the platform runs, and who changed what (api.md "settings")."""

from domain.settings._model import DEFAULTS, LONGEST, Settings, SettingsChange, plain
from domain.settings._operations import TABLE, change_settings, read_settings, timeline_of_settings
from domain.settings.errors import SettingsInvalid

__all__ = [
    "DEFAULTS",
    "LONGEST",
    "TABLE",
    "Settings",
    "SettingsChange",
    "SettingsInvalid",
    "change_settings",
    "plain",
    "read_settings",
    "timeline_of_settings",
]
