"""The settings over real HTTP: for Admins only, with If-Match, read bare by the portal, every change told."""

from __future__ import annotations

import pytest


@pytest.fixture
def tag(admin) -> str:
    return admin("GET", "/settings").headers["ETag"]


class TestSettings:
    def test_are_read_bare_and_within_data_and_changed_with_if_match(self, admin, tag):
        before = admin("GET", "/settings").json()
        assert {name: before[name] for name in before["data"]} == before["data"]
        assert set(before["data"]) == {
            *("sessionTimeoutMin", "tokenExpiryMin", "featureFlags", "thresholds"),
            *("lastUpdated", "updatedBy", "version"),
        }
        body = {"sessionTimeoutMin": 45, "featureFlags": {"newHome": True}, "thresholds": {"discount": 12.5}}
        assert admin("PATCH", "/settings", json=body).status_code == 428
        said = admin("PATCH", "/settings", json=body, headers={"If-Match": tag})
        assert said.status_code == 200, said.text
        after = said.json()
        assert (after["sessionTimeoutMin"], after["featureFlags"]["newHome"]) == (45, True)
        assert (after["data"]["thresholds"]["discount"], after["updatedBy"]) == (12.5, "Asha Admin")
        assert after["tokenExpiryMin"] == before["tokenExpiryMin"]
        stale = admin("PATCH", "/settings", json={"sessionTimeoutMin": 50}, headers={"If-Match": tag})
        assert stale.status_code == 412
        told = {c["field"]: c["after"] for c in stale.json()["error"]["details"]["changes"]}
        assert told["sessionTimeoutMin"] == 45 and told["featureFlags[newHome]"] is True
        back = {"sessionTimeoutMin": 30, "featureFlags": {"newHome": None}, "thresholds": {"discount": None}}
        assert admin("PATCH", "/settings", json=back, headers={"If-Match": said.headers["ETag"]}).status_code == 200

        page = admin("GET", "/settings/audit?field=sessionTimeoutMin&limit=2").json()
        assert page["logs"] == page["data"]["logs"] and page["total"] == page["data"]["total"] >= 2
        assert [(x["oldValue"], x["newValue"], x["userName"]) for x in page["logs"]] == [
            (45, 30, "Asha Admin"),
            (30, 45, "Asha Admin"),
        ]
        flags = admin("GET", "/settings/audit?field=featureFlags&limit=2").json()["logs"]
        assert [(x["field"], x["oldValue"], x["newValue"]) for x in flags] == [
            ("featureFlags[newHome]", True, None),
            ("featureFlags[newHome]", None, True),
        ]
        for query in ("userId=KAM-1001", "dateTo=2020-01-01", "dateFrom=2999-01-01"):
            assert admin("GET", f"/settings/audit?{query}").json()["logs"] == []

    def test_every_fault_is_named_at_once(self, admin, tag):
        before = admin("GET", "/settings").json()["data"]
        body = {"sessionTimeoutMin": 4, "tokenExpiryMin": 5000, "featureFlags": {"a b": True}}
        said = admin("PATCH", "/settings", json=body, headers={"If-Match": tag})
        assert said.status_code == 422
        assert set(said.json()["validationErrors"]) == {"sessionTimeoutMin", "tokenExpiryMin", "featureFlags"}
        for wrong in ({}, {"sessionTimeoutMin": None}, {"sessionTimeoutMin": "30"}, {"colour": "red"}):
            assert admin("PATCH", "/settings", json=wrong, headers={"If-Match": tag}).status_code == 422
        assert admin("GET", "/settings").json()["data"] == before

    def test_are_for_admins_only(self, partner, kam):
        for who in (partner, kam):
            for method, path in (("GET", "/settings"), ("PATCH", "/settings"), ("GET", "/settings/audit")):
                assert who(method, path, json={} if method == "PATCH" else None).status_code == 403
