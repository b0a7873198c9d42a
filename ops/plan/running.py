"""Runs a Pulumi program in an event loop of its own: without threads, to its very end, or to its first failure and no further."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ParamSpec, TypeVar
from warnings import catch_warnings, simplefilter

from pulumi.runtime.settings import SETTINGS
from pulumi.runtime.stack import run_in_stack

LOOK_AGAIN_SECONDS = 0.5
"""How long a failure that no output tells of may stay unseen: short for a person, and a plan that ends never waits so long."""

P = ParamSpec("P")
T = TypeVar("T")


def run_to_the_end(program: Callable[[], None], prepare: Callable[[], None]) -> None:
    """Run `program` as the SDK runs a stack, once `prepare` has told the SDK about it in the loop. Raises what they raise."""
    failed: list[Exception | KeyboardInterrupt] = []
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_Inline(max_workers=1))
    # The first failure is raised below; what hangs on it would only repeat it on stderr, at a random later moment.
    loop.set_exception_handler(lambda _loop, _context: None)
    asyncio.set_event_loop(loop)
    try:
        prepare()
        whole = loop.create_task(run_in_stack(lambda: _with_all_that_hangs_on_it(program, failed)))
        try:
            loop.run_until_complete(whole)
        except BaseException:
            _abandon(loop, whole)
            if failed:
                raise failed[0] from None
            raise
    finally:
        asyncio.set_event_loop(None)
        loop.close()


async def _with_all_that_hangs_on_it(program: Callable[[], None], failed: list[Exception | KeyboardInterrupt]) -> None:
    """The SDK would wait for one Output at a time, which costs their number squared.

    What the program raises, Ctrl-C too, ends the loop at once: the SDK would first wait for every Output, and for ever for one
    whose resource was left half made.
    """
    running: Any = SETTINGS  # its fields are context variables behind a descriptor that a type checker cannot read
    try:
        program()
        while running.rpc_manager.unhandled_exception is None:
            outputs: set[asyncio.Task[object]] = running.outputs
            pending = [task for task in outputs if not task.done()]
            if not pending:
                return
            # An output of a resource whose registration failed may never be resolved.
            await asyncio.wait(pending, timeout=LOOK_AGAIN_SECONDS, return_when=asyncio.FIRST_EXCEPTION)
    except (Exception, KeyboardInterrupt) as problem:
        failed.append(problem)
        asyncio.get_running_loop().stop()
        raise


def _abandon(loop: asyncio.AbstractEventLoop, whole: asyncio.Task[None]) -> None:
    """Close the loop and what a failed program has left behind in it, without a word: nobody will wait for it."""
    with catch_warnings():
        simplefilter("ignore", RuntimeWarning)  # of what was never begun
        for task in asyncio.all_tasks(loop) - {whole}:
            task.cancel()
            left: Any = task.get_coro()
            with suppress(RuntimeError):  # of one that would go on waiting while it is closed
                left.close()
        whole.cancel()
        with suppress(asyncio.CancelledError, KeyboardInterrupt, Exception):
            loop.run_until_complete(whole)
        loop.close()


class _Inline(ThreadPoolExecutor):
    """Runs each call at once, in the caller's thread: there is no other process to wait for.

    asyncio insists on a thread pool as its default; this one never begins a thread.
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as problem:  # noqa: BLE001 the future carries it to whoever awaits
            future.set_exception(problem)
        return future
