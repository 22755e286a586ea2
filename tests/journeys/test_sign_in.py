"""Signing in, passwords and limits over HTTP, as the apps and the portal do it (client-contract.md §3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import Backend, started_backend
from tests.journeys.conftest import Client, code_for, sent_to

FIRST, SECOND = "First-Pass-1!", "Second-Pass-2!"


@pytest.fixture
def staff(admin: Client, phone: str) -> dict[str, str]:
    """A KAM of one's own, since passwords are changed."""
    email = f"staff{phone}@example.com"
    made = admin("POST", "/kams", json={"name": "Kala Rao", "email": email, "password": FIRST})
    assert made.status_code == 201, made.text
    return {"id": made.json()["data"]["id"], "email": email}


@pytest.fixture
def log_in(http: httpx.Client) -> Callable[..., httpx.Response]:
    def post(email: str, password: str) -> httpx.Response:
        return http.post("/api/v1/auth/login", json={"email": email, "password": password})

    return post


class TestByPassword:
    def test_the_answer_has_what_each_reader_looks_for(self, staff: dict[str, str], log_in: Any) -> None:
        said = log_in(staff["email"].upper(), FIRST).json()
        assert said["token"] == said["accessToken"] == said["data"]["token"]
        assert len(said["token"].split(".")) == 3
        assert said["requiresTwoFactor"] is False
        assert said["sessionId"]
        assert 14_300 < said["expiresIn"] <= 14_400
        assert said["data"]["userId"] == said["user"]["id"] == staff["id"]
        user = said["user"]
        assert (user["role"], user["firstName"], user["lastName"]) == ("KAM", "Kala", "Rao")
        assert "leads:write" in user["permissions"]
        assert "commissions:approve" not in user["permissions"]
        assert (user["isActive"], user["isVerified"], user["territories"]) == (True, True, [])
        assert user["createdAt"] <= user["updatedAt"]

    def test_who_one_is_is_said_bare_and_wrapped_under_every_name(
        self, staff: dict[str, str], log_in: Any, http: httpx.Client
    ) -> None:
        client = Client(http, log_in(staff["email"], FIRST).json()["token"])
        for path in ("/auth/me", "/user/me", "/profile"):
            said = client("GET", path)
            assert said.headers["ETag"] == '"1"'
            assert {said.json()["id"], said.json()["data"]["id"]} == {staff["id"]}
        verified = client("GET", "/auth/verify").json()
        assert (verified["valid"], verified["user"]["email"]) == (True, staff["email"])
        status = client("GET", "/auth/status").json()
        assert (status["isAuthenticated"], status["tokenExpiry"][-1]) == (True, "Z")
        assert http.get("/api/v1/auth/verify").status_code == 401

    def test_a_profile_is_edited_but_not_what_one_signs_in_with(
        self, staff: dict[str, str], log_in: Any, http: httpx.Client
    ) -> None:
        client = Client(http, log_in(staff["email"], FIRST).json()["token"])
        edited = client(
            "PATCH", "/user/me", json={"firstName": "Kala", "lastName": "Devi", "phoneNumber": "9876543210"}
        )
        assert edited.status_code == 200, edited.text
        assert (edited.json()["name"], edited.headers["ETag"]) == ("Kala Devi", '"2"')
        assert client("PATCH", "/auth/profile", json={"email": staff["email"]}).status_code == 200
        refused = client("PATCH", "/auth/profile", json={"email": "other@example.com"})
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "LOGIN_READ_ONLY")

    def test_five_wrong_passwords_lock_and_say_how_long(self, staff: dict[str, str], log_in: Any) -> None:
        assert [log_in(staff["email"], "wrong").status_code for _ in range(5)] == [401] * 5
        locked = log_in(staff["email"], FIRST)
        assert locked.status_code == 423
        assert 0 < int(locked.headers["Retry-After"]) <= 900
        assert locked.json()["lockoutInfo"]["attempts"] == 5
        assert locked.json()["lockoutInfo"]["lockedUntil"].endswith("Z")

    def test_known_and_unknown_addresses_get_the_same_answer(self, staff: dict[str, str], log_in: Any) -> None:
        bodies = []
        for email in (staff["email"], "nobody" + staff["email"]):
            body = log_in(email, "wrong").json()
            del body["instance"]
            bodies.append(body)
        assert bodies[0] == bodies[1]


class TestPasswords:
    def test_a_forgotten_one_is_set_anew_by_a_mailed_link(
        self, staff: dict[str, str], log_in: Any, http: httpx.Client, backend: Backend
    ) -> None:
        session = Client(http, log_in(staff["email"], FIRST).json()["token"])
        answers = [
            http.post("/api/v1/auth/forgot-password", json={"email": email})
            for email in (staff["email"], "nobody@example.com")
        ]
        assert answers[0].json() == answers[1].json()
        mail = sent_to(backend, "email.jsonl", staff["email"], "password_link")[-1]["text"]
        found = re.search(r"http://localhost:3000/reset-password\?token=(\S+)", mail)
        assert found

        def reset(password: str, again: str | None = None) -> httpx.Response:
            body = {"token": found[1], "newPassword": password, "confirmPassword": again or password}
            return http.post("/api/v1/auth/reset-password", json=body)

        weak = reset("password")
        assert weak.status_code == 422
        assert "upper-case letter" in weak.json()["validationErrors"]["newPassword"][0]
        assert reset(SECOND, "Other-Pass-3!").status_code == 422
        assert reset(SECOND).status_code == 200
        again = reset("Third-Pass-3!")
        assert (again.status_code, again.json()["error"]["code"]) == (401, "RESET_LINK_INVALID")
        assert session("GET", "/auth/me").status_code == 401
        assert [log_in(staff["email"], p).status_code for p in (FIRST, SECOND)] == [401, 200]

    def test_changing_one_ends_the_other_sessions(
        self, staff: dict[str, str], log_in: Any, http: httpx.Client
    ) -> None:
        mine, other = (Client(http, log_in(staff["email"], FIRST).json()["token"]) for _ in range(2))
        wrong = mine("POST", "/auth/change-password", json={"currentPassword": "x", "newPassword": SECOND})
        assert (wrong.status_code, list(wrong.json()["validationErrors"])) == (422, ["currentPassword"])
        body = {"currentPassword": FIRST, "newPassword": SECOND, "confirmPassword": SECOND}
        assert mine("POST", "/user/change-password", json=body).status_code == 200
        assert [mine("GET", "/auth/me").status_code, other("GET", "/auth/me").status_code] == [200, 401]
        assert log_in(staff["email"], SECOND).status_code == 200

    def test_who_has_none_cannot_change_it(self, partner: Client) -> None:
        body = {"currentPassword": "x", "newPassword": SECOND}
        assert partner("POST", "/auth/change-password", json=body).status_code == 403


class TestByCode:
    def test_a_new_code_kills_the_old_and_works_once(
        self, http: httpx.Client, backend: Backend, phone: str
    ) -> None:
        """cases.md 27."""
        codes = []
        for _ in range(2):
            http.post("/api/v1/auth/login", json={"phone": phone})
            codes.append(code_for(backend, phone))
        old, new = codes

        def enter(code: str) -> int:
            return http.post("/api/v1/auth/login", json={"phone": phone, "otp": code}).status_code

        if old != new:
            assert enter(old) == 401
        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(enter, [new] * 4)) == [200, 401, 401, 401]

    def test_fifty_guesses_at_once_lock_the_phone(self, http: httpx.Client, backend: Backend, phone: str) -> None:
        http.post("/api/v1/auth/login", json={"phone": phone})
        right = code_for(backend, phone)
        guesses = [f"{(int(right) + n) % 10**6:06d}" for n in range(1, 51)]

        def enter(code: str) -> int:
            return http.post("/api/v1/auth/login", json={"phone": phone, "otp": code}).status_code

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(enter, guesses))
        assert answers.count(401) <= 5
        assert set(answers) <= {401, 423, 429}
        assert enter(right) == 423

    def test_the_eleventh_code_in_ten_minutes_is_refused(self, http: httpx.Client, phone: str) -> None:
        said = [http.post("/api/v1/auth/login", json={"phone": phone}) for _ in range(11)]
        assert [reply.status_code for reply in said] == [200] * 10 + [429]
        assert 0 < int(said[-1].headers["Retry-After"]) <= 600


class TestRegisteringAsACustomer:
    @pytest.mark.parametrize("how", ["role", "app"])
    def test_signs_in_at_once_and_keeps_what_was_said(
        self, http: httpx.Client, backend: Backend, phone: str, how: str
    ) -> None:
        headers = {"X-Platform": "mobile"} if how == "app" else {}
        body = {"phone": phone, "name": "Kavita Desai", "email": "kavita@example.com", "pinCode": "380001"}
        body |= {"role": "Customer"} if how == "role" else {}
        for name in ("Kavita Desai", "Kavita D."):
            http.post("/api/v1/auth/login", json={"phone": phone})
            said = http.post(
                "/api/v1/auth/register",
                json={**body, "name": name, "otp": code_for(backend, phone)},
                headers=headers,
            )
            assert said.status_code == 201, said.text
            assert (said.json()["user"]["role"], said.json()["user"]["name"]) == ("Customer", name)
            me = Client(http, said.json()["token"])("GET", "/profile").json()["data"]
            assert (me["name"], me["email"]) == (name, "kavita@example.com")


class TestRefresh:
    def test_rotates_and_a_token_used_twice_ends_the_session(
        self, staff: dict[str, str], log_in: Any, http: httpx.Client
    ) -> None:
        first = log_in(staff["email"], FIRST).json()

        def refresh(token: str) -> httpx.Response:
            return http.post("/api/v1/auth/refresh", json={"refreshToken": token})

        second = refresh(first["refreshToken"])
        assert (second.status_code, second.json()["user"]["id"]) == (200, staff["id"])
        assert refresh(first["refreshToken"]).status_code == 401
        assert refresh(second.json()["refreshToken"]).status_code == 401
        assert Client(http, second.json()["token"])("GET", "/auth/me").status_code == 401

    def test_logging_out_ends_it_on_the_server(
        self, staff: dict[str, str], log_in: Any, http: httpx.Client
    ) -> None:
        said = log_in(staff["email"], FIRST).json()
        client = Client(http, said["token"])
        assert client("POST", "/auth/logout", json={}).json()["success"] is True
        assert client("GET", "/auth/me").status_code == 401
        refreshed = http.post("/api/v1/auth/refresh-token", json={"refreshToken": said["refreshToken"]})
        assert refreshed.status_code == 401


class TestMicrosoft:
    def test_is_not_offered_where_it_is_not_set_up(self, nobody: Client) -> None:
        said = nobody("POST", "/auth/microsoft", json={"idToken": "x"})
        assert (said.status_code, said.json()["error"]["code"]) == (404, "MICROSOFT_NOT_OFFERED")


class TestLimits:
    def test_hold_for_an_address_whatever_it_says_of_itself(self, tmp_path: Path) -> None:
        """On a backend of its own with a small limit. A new minute may begin meanwhile, hence 12 and not 6."""
        with (
            started_backend(tmp_path, SENSITIVE_PER_MINUTE="5") as small,
            httpx.Client(base_url=small.base) as http,
        ):
            said = [
                http.post(
                    "/api/v1/auth/login",
                    json={"email": "admin@example.com", "password": "Admin-Demo-1!"},
                    headers={"X-Forwarded-For": f"198.51.100.{n}"},
                )
                for n in range(12)
            ]
            refused = [reply for reply in said if reply.status_code == 429]
            assert {reply.status_code for reply in said} == {200, 429}
            assert 2 <= len(refused) <= 7
            assert 1 <= int(refused[0].headers["Retry-After"]) <= 60
            assert refused[0].json()["error"]["code"] == "TOO_MANY_REQUESTS"
            assert [http.get("/api/v1/health").status_code for _ in range(12)] == [200] * 12
