"""`oob tunnel`: keep the way to the private Kubernetes API open for kubectl, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from components import clouds, far_side, naming, tunnel
from ops import doctor
from ops.output import NotWritten

FINE, COULD_NOT_RUN = 0, 3

Say = Callable[[str], None]


def run(folder: Path, stack: str, say: Say | None = None, until: threading.Event | None = None) -> int:
    """Serve the API of `stack` and write a kubeconfig for it; the exit code. Raises ConfigError, NotWritten.

    folder: holds the stack files. say: prints one line. until: when set, it ends as by Ctrl-C.
    """
    say = say or _print
    until = until or threading.Event()
    parsed = doctor.read(folder, stack)
    name = naming.environment(stack, parsed.stack.drill.id if parsed.stack.drill else None)
    route = clouds.tunnel(parsed.stack.cloud, parsed.cloud, name)
    if route is None:
        say(f"oob: cloud {parsed.stack.cloud} needs no tunnel: use the kubeconfig that the stack file names")
        return FINE
    forwarder = tunnel.Forwarder(route, tunnel.local_port(name), lambda message: say(f"oob: {message}"))
    try:
        path = _kubeconfig(route, name)
        if not route.private:
            say(f"oob: this API is public for listed networks; no tunnel is needed\nexport KUBECONFIG={path}")
            return FINE
        if forwarder.start():
            forwarder.far.connect().close()
            say(f"oob: the API of {name} answers on 127.0.0.1:{forwarder.port} until Ctrl-C")
        else:
            say(f"oob: another run serves {name} on 127.0.0.1:{forwarder.port}; this one follows when it ends, until Ctrl-C")
        say(f"export KUBECONFIG={path}\nkubectl get pods --all-namespaces")
        until.wait()
    except KeyboardInterrupt:
        pass
    except tunnel.PortTaken as taken:
        say(f"oob: {taken}")
        return COULD_NOT_RUN
    except far_side.Unreachable as failed:
        say(f"oob: {failed}")
        return COULD_NOT_RUN
    finally:
        forwarder.close()
    return FINE


def _kubeconfig(route: far_side.Route, name: str) -> Path:
    """Write the kubeconfig for this user alone, in one step. It holds no secret, but says where the API is."""
    path = tunnel.folder() / f"kubeconfig-{name}.json"
    text = route.kubeconfig()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # readable by the owner only
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).replace(path)
    except OSError as problem:
        raise NotWritten(f"{path}: could not be written ({problem.strerror}); set OOB_CACHE to a folder that can be") from None
    return path


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
