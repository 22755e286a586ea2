"""The local Functions host over HTTP, with small apps of its own. Nothing of the real app is used."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import azure.functions as func
import httpx
import pytest

from local.host import Host, Options


def an_app() -> func.FunctionApp:
    return func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


def an_app_with(
    handler: Callable[..., Any], route: str = "it", methods: tuple[str, ...] = ("GET",)
) -> func.FunctionApp:
    app = an_app()
    app.route(route, methods=methods)(handler)
    return app


@asynccontextmanager
async def running(app: func.FunctionApp, options: Options | None = None) -> AsyncIterator[httpx.AsyncClient]:
    async with Host(app, options) as host, httpx.AsyncClient(base_url=host.base, timeout=20) as client:
        yield client


def ask(
    app: func.FunctionApp, method: str, path: str, *, options: Options | None = None, **more: Any
) -> httpx.Response:
    async def asking() -> httpx.Response:
        async with running(app, options) as client:
            return await client.request(method, path, **more)

    return asyncio.run(asking())


async def say_hello(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(f"{req.method} hello")


class TestRequest:
    def test_reaches_the_function_as_the_worker_would_hand_it_over(self) -> None:
        seen: list[func.HttpRequest] = []

        async def look(req: func.HttpRequest) -> func.HttpResponse:
            seen.append(req)
            return func.HttpResponse()

        ask(
            an_app_with(look, "leads/{id}/notes", ("POST",)),
            "POST",
            "/api/leads/L%201%2F2/notes?a=1&a=2&b=&c=%C3%A9",
            json={"x": 1},
            headers={"X-One": "1", "X-Empty": ""},
        )
        (req,) = seen
        assert req.method == "POST"
        assert req.url.startswith("http://127.0.0.1:")
        assert req.url.endswith("/api/leads/L%201%2F2/notes?a=1&a=2&b=&c=%C3%A9")
        assert dict(req.route_params) == {"id": "L 1%2F2"}
        assert dict(req.params) == {"a": "1,2", "c": "é"}
        assert (req.headers["x-one"], "x-empty" in req.headers) == ("1", False)
        assert req.get_json() == {"x": 1}

    def test_without_a_body_has_an_empty_one(self) -> None:
        async def size(req: func.HttpRequest) -> func.HttpResponse:
            return func.HttpResponse(str(len(req.get_body())))

        assert ask(an_app_with(size), "GET", "/api/it").text == "0"

    @pytest.mark.parametrize("declared", [True, False], ids=["length declared", "chunked"])
    def test_beyond_the_limit_is_refused(self, declared: bool) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(8):
                yield bytes(1024)

        body = bytes(8 * 1024) if declared else chunks()
        app = an_app_with(say_hello, methods=("POST",))
        assert ask(app, "POST", "/api/it", content=body, options=Options(body_limit=4096)).status_code == 413

    def test_of_several_megabytes_arrives(self) -> None:
        async def size(req: func.HttpRequest) -> func.HttpResponse:
            return func.HttpResponse(str(len(req.get_body())))

        reply = ask(an_app_with(size, methods=("PUT",)), "PUT", "/api/it", content=bytes(20_000_000))
        assert reply.text == "20000000"


class TestReply:
    def test_carries_status_body_and_headers(self) -> None:
        async def answer(req: func.HttpRequest) -> func.HttpResponse:
            return func.HttpResponse(
                '{"a":1}', status_code=201, mimetype="application/json", headers={"ETag": '"3"'}
            )

        reply = ask(an_app_with(answer), "GET", "/api/it")
        assert (reply.status_code, reply.json(), reply.headers["etag"]) == (201, {"a": 1}, '"3"')
        assert reply.headers["content-type"] == "application/json"

    def test_names_the_charset_of_text(self) -> None:
        async def answer(req: func.HttpRequest) -> func.HttpResponse:
            return func.HttpResponse("é", charset="latin-1", mimetype="text/html")

        reply = ask(an_app_with(answer), "GET", "/api/it")
        assert (reply.content, reply.headers["content-type"]) == (b"\xe9", "text/html; charset=latin-1")

    def test_has_several_cookies_but_one_of_each_other_header(self) -> None:
        async def answer(req: func.HttpRequest) -> func.HttpResponse:
            response = func.HttpResponse()
            for name, value in (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-One", "1"), ("X-One", "2")):
                response.headers.add(name, value)
            return response

        headers = ask(an_app_with(answer), "GET", "/api/it").headers
        assert (headers.get_list("set-cookie"), headers.get_list("x-one")) == (["a=1", "b=2"], ["2"])

    def test_to_head_has_no_body(self) -> None:
        reply = ask(an_app_with(say_hello, methods=("HEAD",)), "HEAD", "/api/it")
        assert (reply.status_code, reply.content, reply.headers["content-length"]) == (200, b"", "10")

    def test_to_options_is_the_functions_own(self) -> None:
        assert ask(an_app_with(say_hello, methods=("OPTIONS",)), "OPTIONS", "/api/it").text == "OPTIONS hello"

    def test_of_nothing_is_204(self) -> None:
        async def answer(req: func.HttpRequest) -> None:
            return None

        assert ask(an_app_with(answer), "GET", "/api/it").status_code == 204

    def test_of_a_failing_function_is_an_empty_500(self, caplog: pytest.LogCaptureFixture) -> None:
        async def fail(req: func.HttpRequest) -> func.HttpResponse:
            raise RuntimeError("the secret reason")

        with caplog.at_level(logging.ERROR):
            reply = ask(an_app_with(fail), "GET", "/api/it")
        assert (reply.status_code, reply.content) == (500, b"")
        assert "the secret reason" in caplog.text


class TestRouting:
    def test_prefers_literals_then_constraints_then_parameters_then_the_rest(self) -> None:
        app = an_app()

        def a_function(name: str, route: str) -> None:
            async def answer(req: func.HttpRequest) -> func.HttpResponse:
                return func.HttpResponse(f"{name} {dict(req.route_params)}")

            app.route(route)(app.function_name(name)(answer))

        for name, route in [
            ("Rest", "{*rest}"),
            ("One", "leads/{id}"),
            ("Number", "leads/{no:int}"),
            ("Mine", "leads/mine"),
        ]:
            a_function(name, route)

        async def asking() -> list[str]:
            async with running(app) as client:
                paths = [
                    "/api/leads/mine",
                    "/api/Leads/MINE/",
                    "/api/leads/7",
                    "/api/leads/L-7",
                    "/api/x/y",
                    "/api",
                ]
                return [(await client.get(path)).text for path in paths]

        assert asyncio.run(asking()) == [
            "Mine {}",
            "Mine {}",
            "Number {'no': '7'}",
            "One {'id': 'L-7'}",
            "Rest {'rest': 'x/y'}",
            "Rest {}",
        ]

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/api/other"), ("GET", "/it"), ("DELETE", "/api/it"), ("HEAD", "/api/it")]
    )
    def test_answers_404_to_what_no_function_declares(self, method: str, path: str) -> None:
        reply = ask(an_app_with(say_hello), method, path)
        assert (reply.status_code, reply.content) == (404, b"")

    def test_takes_the_prefix_of_host_json(self, tmp_path: Path) -> None:
        assert Options.prefix_of(tmp_path) == "api"
        (tmp_path / "host.json").write_text('{"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}')
        assert Options.prefix_of(tmp_path) == ""
        assert ask(an_app_with(say_hello), "GET", "/it", options=Options(prefix="")).text == "GET hello"


class TestParallelism:
    def test_many_async_requests_run_at_once_on_one_loop(self) -> None:
        arrived: list[int] = []

        async def wait_for_all(req: func.HttpRequest) -> func.HttpResponse:
            arrived.append(threading.get_ident())
            while len(arrived) < 32:  # noqa: ASYNC110  # the point is that all are here at once
                await asyncio.sleep(0.005)
            return func.HttpResponse()

        async def asking() -> set[int]:
            async with running(an_app_with(wait_for_all)) as client:
                return {
                    each.status_code for each in await asyncio.gather(*(client.get("/api/it") for _ in range(32)))
                }

        assert asyncio.run(asking()) == {200}
        assert len(set(arrived)) == 1

    def test_sync_requests_run_on_threads_beside_each_other(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHON_THREADPOOL_THREAD_COUNT", "4")
        together = threading.Barrier(4, timeout=10)

        def wait_for_all(req: func.HttpRequest) -> func.HttpResponse:
            together.wait()
            return func.HttpResponse()

        async def asking() -> set[int]:
            async with running(an_app_with(wait_for_all)) as client:
                return {
                    each.status_code for each in await asyncio.gather(*(client.get("/api/it") for _ in range(4)))
                }

        assert asyncio.run(asking()) == {200}

    def test_a_request_under_way_is_finished_when_the_host_stops(self) -> None:
        began = asyncio.Event()

        async def slow(req: func.HttpRequest) -> func.HttpResponse:
            began.set()
            await asyncio.sleep(0.3)
            return func.HttpResponse("done")

        async def asking() -> str:
            host = Host(an_app_with(slow))
            await host.start()
            async with httpx.AsyncClient(base_url=host.base) as client:
                asked = asyncio.create_task(client.get("/api/it"))
                await began.wait()
                since = time.monotonic()
                await host.stop()
                assert time.monotonic() - since < 5
                return (await asked).text

        assert asyncio.run(asking()) == "done"
