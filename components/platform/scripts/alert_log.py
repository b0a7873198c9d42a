"""Receives alerts from Alertmanager and prints one line of JSON for each that is firing, for the watch around the cluster.

One alert fires always, to show that alerts arrive here. It is a line under another `event`, which the watch misses when it ends.

Nothing leaves the cluster from here: the cloud collects the container's output anyway, looks for `event` in it, and tells
people. So an alert takes the same way as every other alarm. Uses the standard library alone.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]

LONGEST_BODY = 1_000_000  # bytes; a group of alerts has some thousands
LONGEST_TEXT = 500  # characters of one value, so that a line stays one log record
SECONDS = 10  # for one request to arrive
PLACE = ("namespace", "deployment", "pod", "job_name", "name")  # labels that say where
log = logging.getLogger("alert-log")


def lines(message: Mapping[str, Any], event: str, events: Mapping[str, str]) -> Iterator[str]:
    """A line for every firing alert of a webhook message of Alertmanager, version 4. ValueError if it is none.

    `event` is the marker by which the watch knows the line; `events` has another one for alerts of some names. What is resolved
    is not told: the watch has no all-clear for it.
    """
    alerts = message.get("alerts")
    if message.get("version") != "4" or not isinstance(alerts, list):
        raise ValueError("not a webhook message of Alertmanager, version 4")
    for alert in cast("list[Json]", alerts):
        if alert.get("status") != "firing":
            continue
        labels, notes = cast("Json", alert.get("labels") or {}), cast("Json", alert.get("annotations") or {})
        name = _text(labels.get("alertname", "unnamed"))
        found = {
            "event": events.get(name, event),
            "alert": name,
            "summary": _text(notes.get("summary", "")),
            "since": _text(alert.get("startsAt", "")),
            "where": {name: _text(labels[name]) for name in PLACE if name in labels},
        }
        yield json.dumps(found, ensure_ascii=True)


def _text(value: object) -> str:
    return str(value)[:LONGEST_TEXT]


class Handler(BaseHTTPRequestHandler):
    """GET / answers that it lives; POST / takes a message. A message that is not understood is refused, and said so."""

    event = ""
    events: Mapping[str, str] = MappingProxyType({})
    timeout = SECONDS

    def do_GET(self) -> None:
        self._answer(200 if self.path == "/" else 404)

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("Content-Length", ""))
            if self.path != "/" or not 0 < length <= LONGEST_BODY:
                raise ValueError(f"a body of {length} bytes to {self.path[:LONGEST_TEXT]!r}")
            message: object = json.loads(self.rfile.read(length))
            if not isinstance(message, dict):
                raise ValueError("not a JSON object")
            found = list(lines(cast("Json", message), self.event, self.events))
        except (ValueError, AttributeError, TypeError) as problem:
            log.warning("refused: %s", problem)
            self._answer(400)
            return
        for line in found:
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not every probe of the kubelet is worth a line."""


def main(env: Mapping[str, str]) -> None:
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    Handler.event, Handler.events = env["EVENT"], {env["WATCHDOG"]: env["ALIVE"]}
    server = ThreadingHTTPServer(("", int(env["PORT"])), Handler)

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    log.info("waiting on port %d", server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main(os.environ)
