"""Where the storage is and how we prove who we are, from the app settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.settings import Settings, SettingsMissing
from adapters.storage import Account
from local.settings import local_settings

KEYED = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=c2VjcmV0;"


class TestAccount:
    def test_with_a_connection_string_needs_no_identity(self) -> None:
        account = Account.from_environment({"DATA_CONNECTION": KEYED}, "DATA")
        assert account is not None
        assert (account.address("table"), account.address("blob"), account.credential) == (KEYED, KEYED, None)

    def test_with_a_name_is_reached_by_the_managed_identity(self) -> None:
        account = Account.from_environment({"DATA_ACCOUNT": "stdata1"}, "DATA")
        assert account is not None
        assert account.address("table") == "https://stdata1.table.core.windows.net"
        assert account.address("blob") == "https://stdata1.blob.core.windows.net"
        assert type(account.credential).__name__ == "ManagedIdentityCredential"
        assert account.credential is account.credential

    def test_isnt_there_without_settings(self) -> None:
        assert Account.from_environment({"DATA_CONNECTION": "", "OTHER_ACCOUNT": "x"}, "DATA") is None

    def test_never_shows_its_key(self) -> None:
        assert "c2VjcmV0" not in repr(Account(connection=KEYED))


class TestSettings:
    @pytest.mark.parametrize("given", [{"STORAGE_CONNECTION": KEYED}, {"STORAGE_ACCOUNT": "stdata1"}])
    def test_take_either_form(self, given: dict[str, str], tmp_path: Path) -> None:
        others = local_settings(tmp_path, storage_connection="", backup_connection=KEYED)
        settings = Settings.from_environment({**others, **given})
        assert settings.data == Account(given.get("STORAGE_CONNECTION"), given.get("STORAGE_ACCOUNT"))

    def test_name_everything_that_is_missing(self) -> None:
        with pytest.raises(
            SettingsMissing,
            match=r"\(or STORAGE_ACCOUNT\), BACKUP_CONNECTION \(or BACKUP_ACCOUNT\), TOKEN_SIGNING_KEY",
        ):
            Settings.from_environment({})
