"""Each kind of declaration that Azure would refuse, and that a sound app has none of them."""

import functools
from collections.abc import Callable
from typing import Any

import azure.functions as func
import pytest

from local.host import problems_of

Declare = Callable[[func.FunctionApp], object]


async def answer(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse()


async def tick(timer: func.TimerRequest) -> None:
    return None


def problems(*declarations: Declare, level: func.AuthLevel = func.AuthLevel.ANONYMOUS) -> list[str]:
    app = func.FunctionApp(http_auth_level=level)
    for declare in declarations:
        declare(app)
    return problems_of(app)


def an_http_function(
    handler: Callable[..., Any] = answer, *, name: str = "GetLead", route: str = "leads/{id}"
) -> Declare:
    return lambda app: app.route(route, methods=["GET"])(app.function_name(name)(handler))


def a_timer(handler: Callable[..., Any] = tick, *, schedule: str = "0 30 18 * * *") -> Declare:
    return lambda app: app.timer_trigger(arg_name="timer", schedule=schedule)(app.function_name("Tick")(handler))


class TestProblemsOf:
    def test_finds_none_in_a_sound_app_however_often_it_is_asked(self) -> None:
        app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
        an_http_function()(app)
        an_http_function(name="GetFile", route="files/{*path}")(app)
        a_timer()(app)
        assert [problems_of(app), problems_of(app)] == [[], []]

    def test_sees_through_functools_wraps_as_the_worker_does(self) -> None:
        def inner(req: func.HttpRequest, actor: str) -> func.HttpResponse:
            return func.HttpResponse()

        @functools.wraps(inner)
        async def wrapper(req: func.HttpRequest) -> func.HttpResponse:
            return inner(req, "")

        assert problems(an_http_function(wrapper)) == [
            "GetLead: takes (actor, req) but its bindings are named (req)"
        ]

    def test_names_a_parameter_that_is_not_the_bindings(self) -> None:
        async def wrong(request: func.HttpRequest) -> func.HttpResponse:
            return func.HttpResponse()

        assert problems(an_http_function(wrong)) == [
            "GetLead: takes (request) but its bindings are named (req)",
            "GetLead: `req` has to be annotated as func.HttpRequest",
        ]

    def test_names_missing_annotations(self) -> None:
        async def bare(timer):  # type: ignore[no-untyped-def]
            return None

        assert problems(a_timer(bare)) == [
            "Tick: `timer` has to be annotated as func.TimerRequest",
            "Tick: has to be annotated as returning None",
        ]

    def test_names_annotations_that_cannot_be_read(self) -> None:
        async def unknown(req: "Missing") -> func.HttpResponse:  # type: ignore[name-defined]  # noqa: F821
            return func.HttpResponse()

        (problem,) = problems(an_http_function(unknown))
        assert "Missing" in problem

    @pytest.mark.parametrize("name", ["1st", "Get Lead", "a" * 129, "Лид"])
    def test_names_a_function_name_the_host_refuses(self, name: str) -> None:
        (problem,) = problems(an_http_function(name=name))
        assert problem.startswith(f"{name}: the name has to be")

    def test_names_two_functions_of_one_name(self) -> None:
        (problem,) = problems(an_http_function(), an_http_function(route="other"))
        assert "GetLead does not have a unique function name" in problem
        assert problems(an_http_function(), an_http_function(name="getlead", route="other")) == [
            "getlead: 2 functions have this name"
        ]

    def test_names_two_functions_on_one_route(self) -> None:
        assert problems(an_http_function(), an_http_function(name="Other", route="leads/{lead}")) == [
            "Other: GET leads/{lead} is answered by GetLead already"
        ]

    @pytest.mark.parametrize(
        "route", ["/leads", "leads/{id", "leads//x", "leads/{id:even}", "{id}/{id}", "admin/x"]
    )
    def test_names_a_route_the_host_refuses(self, route: str) -> None:
        (problem,) = problems(an_http_function(route=route))
        assert repr(route) in problem

    def test_names_a_route_that_asks_for_a_key(self) -> None:
        (problem,) = problems(an_http_function(), level=func.AuthLevel.FUNCTION)
        assert "auth level function" in problem

    def test_names_a_schedule_that_is_not_ncrontab(self) -> None:
        assert problems(a_timer(schedule="30 18 * * *")) == [
            "Tick: the schedule '30 18 * * *' has 5 fields; NCRONTAB has six, seconds first"
        ]

    def test_names_a_trigger_the_local_host_lacks(self) -> None:
        async def take(msg: func.QueueMessage) -> None:
            return None

        assert problems(lambda app: app.queue_trigger(arg_name="msg", queue_name="q", connection="C")(take)) == [
            "take: the local host has no queueTrigger"
        ]
