"""The server: routes requests to functions, fires timers, answers `/admin/functions`. Conversions live beside."""

import asyncio
import inspect
import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import azure.functions as func
from aiohttp import web

from local.host._bindings import HTTP, TIMER, BoundFunction, functions_of
from local.host._http import to_client, to_function
from local.host._routes import RouteTable
from local.host._timers import Timer

BODY_LIMIT = 104_857_600  # the real host's default, in bytes
LONGEST_LINE = 16_384  # bytes of method and URL: a long cursor is the application's to refuse
STOP_WITHIN = 5.0
ADMIN = "/admin/functions"
STATUS = "/admin/host/status"

log = logging.getLogger("local.host")


def _body_limit() -> int:
    return int(os.environ.get("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", BODY_LIMIT))


@dataclass(frozen=True)
class Options:
    """Where to listen and what to accept. `port` 0 takes a free one; `prefix` is host.json's `routePrefix`.

    A client has `body_within` seconds to send a body, and is hung up on after `idle_for` seconds in which no
    whole head of a request came: as Kestrel does, which looks at the rate of a body instead.
    """

    address: str = "127.0.0.1"
    port: int = 0
    prefix: str = "api"
    body_limit: int = field(default_factory=_body_limit)
    body_within: float = 30.0
    idle_for: float = 130.0
    verbose: bool = False

    @staticmethod
    def prefix_of(folder: Path) -> str:
        """`extensions.http.routePrefix` of the folder's host.json; "api" if it says nothing."""
        path = folder / "host.json"
        settings = json.loads(path.read_text()) if path.is_file() else {}
        prefix = settings.get("extensions", {}).get("http", {}).get("routePrefix", "api")
        return str(prefix).strip("/")


class Host:
    """Runs one app. An async context manager: the server accepts requests inside it, and timers run."""

    def __init__(self, app: func.FunctionApp, options: Options | None = None) -> None:
        self._options = options or Options()
        self._functions = {each.name: each for each in functions_of(app)}
        http = [each for each in self._functions.values() if each.trigger["type"] == HTTP]
        self._routes = RouteTable(http, self._options.prefix)
        timers = [each for each in self._functions.values() if each.trigger["type"] == TIMER]
        self._timers = {each.name: Timer(each, self._call) for each in timers}
        # As the worker: functions that are not async run on threads, of which there are a limited number.
        count = os.environ.get("PYTHON_THREADPOOL_THREAD_COUNT")
        self._threads = ThreadPoolExecutor(int(count) if count else None, thread_name_prefix="function")
        self._tasks: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """The address of the server, without the route prefix."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the host is not running")
        address, port, *_ = self._runner.addresses[0]
        return f"http://{address}:{port}"

    async def start(self) -> None:
        """Raises OSError if the port is taken."""
        server = web.Application(client_max_size=self._options.body_limit)
        server.router.add_route("*", r"/{path:[\s\S]*}", self._answer)
        self._runner = web.AppRunner(
            server,
            access_log=log if self._options.verbose else None,
            shutdown_timeout=STOP_WITHIN,
            max_line_size=LONGEST_LINE,
            keepalive_timeout=self._options.idle_for,
            auto_decompress=False,  # neither the real host nor the worker unpacks a body
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self._options.address, self._options.port, backlog=1024).start()
        for timer in self._timers.values():
            self._spawn(timer.keep_time())

    async def stop(self) -> None:
        """Takes no more requests, lets those under way finish for at most five seconds, ends the timers."""
        if self._runner:
            await self._runner.cleanup()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.rel_url.raw_path
        if path.rstrip("/").lower() == ADMIN or path.lower().startswith(f"{ADMIN}/"):
            return await self._administer(request, path[len(ADMIN) :].strip("/"))
        if path == STATUS:
            return web.json_response({"state": "Running", "tasks": len(asyncio.all_tasks())})
        found = self._routes.find(request.method, path)
        if found is None:
            return web.Response(status=404)
        if (request.content_length or 0) > self._options.body_limit:
            return web.Response(status=413)
        function, route_params = found
        argument = await self._argument(request, route_params)
        try:
            return to_client(await self._call(function, argument))
        except Exception:  # whatever a function raises ends here, as in the worker
            log.exception("The function %s failed", function.name)
            return web.Response(status=500)

    async def _argument(self, request: web.Request, route_params: dict[str, str]) -> func.HttpRequest:
        """Raises HTTPException with what the client is answered instead."""
        try:
            async with asyncio.timeout(self._options.body_within):
                body = await request.read()  # raises aiohttp's 413 when one without a length grows too long
            return to_function(request, body, route_params)
        except TimeoutError:
            late = web.HTTPRequestTimeout()
            late.force_close()  # the rest of the body isn't the next request
            raise late from None
        except ValueError:  # a Host that none can have
            raise web.HTTPBadRequest from None

    async def _call(self, function: BoundFunction, argument: object) -> Any:
        call = partial(function.handler, **{function.argument: argument})
        if inspect.iscoroutinefunction(function.handler):
            return await call()
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    async def _administer(self, request: web.Request, name: str) -> web.Response:
        if request.method == "GET" and not name:
            listed = [
                {"name": each.name, "config": {"bindings": each.bindings}} for each in self._functions.values()
            ]
            return web.json_response(listed, dumps=partial(json.dumps, default=lambda each: each.value))
        timer = next((each for key, each in self._timers.items() if key.lower() == name.lower()), None)
        if request.method != "POST" or timer is None:
            return web.Response(status=404)
        try:
            accepted = isinstance(json.loads(await request.read() or b"{}"), dict)
        except ValueError:
            accepted = False
        if not accepted:
            return web.Response(status=400)
        self._spawn(timer.fire())
        return web.Response(status=202)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
