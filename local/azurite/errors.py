"""What can go wrong with Azurite, each said in one sentence. What raises them lives beside this file."""


class AzuriteFailed(Exception):
    """Azurite is not to be had; the text tells a developer what to do about it."""


class AzuriteNotInstalled(AzuriteFailed):
    """Node or the npm package could not be had."""


class AzuriteNotStarted(AzuriteFailed):
    """The process ended or stayed silent."""
