"""`python -m tests.bench.use_cases`: per use case the storage requests and hops until the answer, the time alone and with
32 clients, its ratio to the same storage calls made bare with the SDK, and CPU per request.

A use case is a whole function of the application, from the worker's request object to the reply's bytes; only the
worker's own protocol and HTTP are left out (`worker` has those). What was asked of storage is recorded in each round
and made again with the SDK before or after it, in turn, so that both meet the same tables and the same machine.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.application import Application, on_azurite, opened
from tests.bench.most_used import Ask, Case, cases
from tests.bench.recording import Asked, Bare, until
from tests.bench.results import note, percentiles, write

CLIENTS = 32
BLOCKS = 8
"""A run is cut into so many, to say how far their ratios lie apart."""

BLOCK = 2 * CLIENTS
KEPT = 16
"""The calls of so many rounds are kept, to be made again by many clients."""

WARM_UP = 2


@dataclass
class Measured:
    """What rounds of one use case took, alone: milliseconds."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    recorded: list[list[Asked]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    hops: list[int] = field(default_factory=list)

    def ratios(self) -> list[float]:
        """Ours to bare, by medians: of all rounds, then of each block."""
        size = max(1, len(self.ours) // BLOCKS)
        parts = [slice(None), *(slice(at, at + size) for at in range(0, len(self.ours) - size + 1, size))]
        return [statistics.median(self.ours[part]) / statistics.median(self.bare[part]) for part in parts]


async def took(work: Awaitable[object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    await work
    return (time.perf_counter() - began) * 1000


def covered(spans: Sequence[tuple[float, float]]) -> float:
    """Seconds in which at least one of them lay."""
    total, end = 0.0, float("-inf")
    for start, finish in sorted(spans):
        total += max(0.0, finish - max(start, end))
        end = max(end, finish)
    return total


async def alone(ask: Ask, application: Application, bare: Bare, rounds: int) -> Measured:
    """Round by round: ours with its calls recorded, then the same calls bare; every other round the other way about,
    with the calls of the round before. What is done after the answers isn't on the clock of either."""
    from adapters.background import all_done
    from adapters.tables import counting

    found = Measured()
    last: list[Asked] = []
    for number in range(-WARM_UP, rounds):
        first = number % 2 == 1
        between = await took(bare(last)) if first else 0.0
        application.recording.begin()
        with counting() as count:
            began = time.perf_counter()
            await ask(number + WARM_UP)
            answered = time.perf_counter()
            spans = [span for span in count.spans if span[1] <= answered]
            requests, hops = len(spans), type(count)(spans).hops
        last, _ = until(application.recording.end(), answered)
        await all_done()
        other = between if first else await took(bare(last))
        if number < 0:
            continue
        ours = (answered - began) * 1000
        found.ours.append(ours)
        found.bare.append(other)
        found.own.append(ours - covered([span[:2] for span in spans]) * 1000)
        found.recorded = [*found.recorded[-KEPT + 1 :], last]
        found.requests.append(requests)
        found.hops.append(hops)
    return found


@dataclass
class Together:
    """What rounds of one work took with all clients at once: milliseconds, and seconds of CPU."""

    work: Callable[[int], Awaitable[object]]
    times: list[float] = field(default_factory=list)
    cpu: float = 0.0

    async def run(self, numbers: range) -> None:
        """These rounds, and what comes after the answers."""
        from adapters.background import all_done

        gate = asyncio.Semaphore(CLIENTS)

        async def one(number: int) -> float:
            async with gate:
                return await took(self.work(number))

        began = time.process_time()
        self.times += await asyncio.gather(*(one(number) for number in numbers))
        await all_done()
        self.cpu += time.process_time() - began


async def together(ours: Together, bare: Together, rounds: int) -> None:
    """Both in turn, a few rounds of each client at a time."""
    for block, first in enumerate(range(0, rounds, BLOCK)):
        numbers = range(first, min(first + BLOCK, rounds))
        for side in (ours, bare) if block % 2 == 0 else (bare, ours):
            await side.run(numbers)


async def measured(case: Case, application: Application, bare: Bare, rounds: int) -> None:
    """The two lines of a use case."""
    from adapters.background import all_done

    ask = await case.make(WARM_UP + 2 * rounds)
    await all_done()
    found = await alone(ask, application, bare, rounds)
    requests, hops = (int(statistics.median_high(of)) for of in (found.requests, found.hops))
    said = compared(found) if requests else {}  # what asks nothing of storage has nothing to be compared with
    times = {"ratio": said.get("bare", 0.0), "at_least": said.get("bare_low", 0.0)}
    met = case.budget.met(requests=requests, hops=hops, **times)
    figures = {"requests": requests, "hops": hops, **percentiles(found.ours), **said}
    note("use case", f"{case.name}, alone", **figures, own_ms=statistics.median(found.own), met=met)
    ours = Together(lambda n: ask(WARM_UP + rounds + n))
    theirs = Together(lambda n: bare(found.recorded[n % len(found.recorded)]))
    await together(ours, theirs, rounds)
    ratio = {"bare": statistics.median(ours.times) / statistics.median(theirs.times)} if requests else {}
    figures = {**percentiles(ours.times), **ratio, "cpu_ms": ours.cpu * 1000 / rounds}
    note("use case", f"{case.name}, {CLIENTS} clients", **figures)


def compared(found: Measured) -> dict[str, float]:
    """Ours to the bare calls, how far that varies, and what part of them our own work would be."""
    ratio, *spread = found.ratios()
    own = statistics.median(found.own) / statistics.median(found.bare)
    return {"bare": ratio, "bare_low": min(spread), "bare_high": max(spread), "own_share": own * 100}


async def measure(outbox: Path, rounds: int, only: str) -> None:
    """All cases, one after the other."""
    async with opened(outbox) as (application, bare):
        for case in await cases(application):
            if only in case.name:
                await measured(case, application, bare, max(1, rounds // case.weight))


def main() -> None:
    """Run on an Azurite of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=128)
    parser.add_argument("--only", default="", help="a part of the names of the use cases")
    parser.add_argument("--json")
    given = parser.parse_args()
    with on_azurite() as outbox:
        asyncio.run(measure(outbox, given.rounds, given.only))
    write(given.json)


if __name__ == "__main__":
    main()
