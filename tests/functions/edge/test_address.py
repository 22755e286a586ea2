"""Whose request it is: what our own proxies say, and nothing that a client can write itself."""

from __future__ import annotations

import pytest

from functions.edge._address import client_address


class TestClientAddress:
    @pytest.mark.parametrize(
        ("forwarded", "proxies", "address"),
        [
            ("203.0.113.5", 1, "203.0.113.5"),
            ("203.0.113.5:51234", 1, "203.0.113.5"),
            ("1.1.1.1, 203.0.113.5:51234", 1, "203.0.113.5"),
            ("1.1.1.1,2.2.2.2,203.0.113.5:1,10.0.0.4:2", 2, "203.0.113.5"),
            (" , 203.0.113.5 ", 1, "203.0.113.5"),
            ("[2001:db8:1:2:3:4:5:6]:443", 1, "2001:db8:1:2::-64"),
            ("2001:db8:1:2::9", 1, "2001:db8:1:2::-64"),
            ("::ffff:203.0.113.5", 1, "203.0.113.5"),
            ("fe80::1%eth0", 1, "fe80::-64"),
            ("203.0.113.5", 2, "unknown"),
            ("203.0.113.5", 0, "unknown"),
            ("", 1, "unknown"),
            ("nonsense", 1, "unknown"),
            ("203.0.113.5, nonsense/../#?", 1, "unknown"),
            ("999.1.1.1", 1, "unknown"),
        ],
    )
    def test_is_the_one_that_our_outermost_proxy_saw(self, forwarded: str, proxies: int, address: str) -> None:
        assert client_address(forwarded, proxies=proxies) == address
