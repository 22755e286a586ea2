"""Kinds of secrets that detect-secrets doesn't know, as its plugin. It is loaded in `.venv-tools`, never by us."""

import re

from detect_secrets.plugins.base import RegexBasedDetector  # type: ignore[import-not-found]  # not in .venv


class SasLink(RegexBasedDetector):  # type: ignore[misc]  # the same
    """The signature of an Azure SAS: whoever has the link has what it opens."""

    secret_type = "Azure SAS signature"  # noqa: S105  # the kind, not one
    denylist = (re.compile(r"\bsig=([A-Za-z0-9%+/]{43,}={0,2})"),)
