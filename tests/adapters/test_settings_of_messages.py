"""Which way messages go, by the settings: a provider needs all of its own, and the outbox is only asked for."""

from __future__ import annotations

import pytest

from adapters.messages import messages_for
from adapters.settings import Settings, SettingsMissing
from tests.fakes.clock import FakeClock
from tests.fakes.pauses import no_pause

COMMON = {
    "STORAGE_CONNECTION": "UseDevelopmentStorage=true",
    "BACKUP_CONNECTION": "UseDevelopmentStorage=true",
    "TOKEN_SIGNING_KEY": "x",
    "TOKEN_ISSUER": "x",
    "TOKEN_AUDIENCE": "x",
    "OTP_HMAC_KEY": "x",
    "CURSOR_HMAC_KEY": "x",
    "PORTAL_URL": "http://localhost",
}
MSG91 = {"MSG91_AUTH_KEY": "k", "MSG91_TEMPLATE_CODE": "a", "MSG91_TEMPLATE_TEXT": "b"}
SENDGRID = {"SENDGRID_API_KEY": "k", "EMAIL_SENDER": "a@example.com"}
OUTBOX = {"OUTBOX_DIR": "/nowhere"}


def ways(**settings: str) -> tuple[str, str]:
    """What SMS and email go by."""
    chosen = messages_for(Settings.from_environment({**COMMON, **settings}), clock=FakeClock(), pause=no_pause)
    return type(chosen._sms).__name__, type(chosen._email).__name__


class TestMessagesFor:
    @pytest.mark.parametrize(
        ("settings", "expected"),
        [
            (OUTBOX, ("OutboxMessages", "OutboxMessages")),
            (MSG91 | SENDGRID, ("Msg91", "SendGrid")),
            (MSG91 | SENDGRID | OUTBOX, ("Msg91", "SendGrid")),
            (MSG91 | OUTBOX, ("Msg91", "OutboxMessages")),
            (SENDGRID | OUTBOX, ("OutboxMessages", "SendGrid")),
        ],
    )
    def test_goes_by_what_the_settings_name(self, settings: dict[str, str], expected: tuple[str, str]) -> None:
        assert ways(**settings) == expected

    @pytest.mark.parametrize("name", [*MSG91, *SENDGRID])
    def test_a_missing_part_of_a_provider_stops_the_start(self, name: str) -> None:
        settings = {n: v for n, v in (MSG91 | SENDGRID).items() if n != name}
        with pytest.raises(SettingsMissing, match=name):
            ways(**settings)

    def test_no_way_at_all_stops_the_start(self) -> None:
        with pytest.raises(SettingsMissing, match="MSG91_AUTH_KEY"):
            ways()

    def test_keys_are_not_shown(self) -> None:
        settings = Settings.from_environment({**COMMON, **MSG91, **SENDGRID, "SENDGRID_API_KEY": "secret-1"})
        assert "secret-1" not in repr(settings)
