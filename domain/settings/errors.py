"""What can be wrong with settings."""

from domain.errors import Invalid


class SettingsInvalid(Invalid):
    """The settings can't be as asked for; every faulty one is named."""
