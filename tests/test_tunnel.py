"""The local end of the tunnel, over real sockets and processes; the far side is a small echo server in a child process.

Not proved: that `aws ssm start-session` behaves like that child, or how long a real session takes to open.
"""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as some

from components import clouds, far_side, leash, tunnel
from components.far_side import LEASH, Route, Unreachable
from components.tunnel import FIRST_PORT, PORTS, Forwarder, PortTaken, local_port
from ops import tunnel as serving
from ops.output import NotWritten
from tests.support.far_side import ECHO, SILENT, Echo, ask, free_port

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OOB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def echo(tmp_path: Path) -> Echo:
    script = tmp_path / "echo.py"
    script.write_text(ECHO)
    return Echo(script)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def forwarder(echo: Echo, said: list[str]) -> Iterator[Forwarder]:
    found = Forwarder(echo, free_port(), said.append)
    yield found
    found.close()


def answers(port: int) -> bool:
    """Whether the far side answers now; a connection that breaks meanwhile is a no."""
    try:
        return ask(port, b"hello") == b"hello"
    except OSError:
        return False


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=20).close()
    except OSError:
        return False
    return True


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return true()


def running(marker: str) -> list[int]:
    """Processes whose command line holds `marker`, zombies not counted."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if marker in line:
                found.append(int(folder.name))
    return found


# --- the port ---------------------------------------------------------------------------------------------------


@given(some.text())
def test_every_name_has_a_port_that_no_system_hands_out_by_itself(name: str) -> None:
    assert FIRST_PORT <= local_port(name) < FIRST_PORT + PORTS
    assert local_port(name) == local_port(name)


def test_the_port_of_a_name_never_changes_because_it_is_part_of_the_kubeconfig() -> None:
    assert (local_port("oob-production"), local_port("drill-2026-q4")) == (25556, 24801)


# --- opening ----------------------------------------------------------------------------------------------------


def test_listening_opens_nothing_and_the_first_connection_does(forwarder: Forwarder, echo: Echo) -> None:
    assert forwarder.start()
    time.sleep(0.2)
    assert echo.ports == [], "a preview must not need credentials before something connects"

    assert ask(forwarder.port, b"hello") == b"hello"
    assert ask(forwarder.port, b"again") == b"again"
    assert len(echo.ports) == 1, "one session serves all connections"


def test_connections_at_the_same_time_share_one_session_and_are_not_mixed_up(forwarder: Forwarder, echo: Echo) -> None:
    forwarder.start()
    heard: dict[int, bytes] = {}

    def one(number: int) -> None:
        heard[number] = ask(forwarder.port, bytes([number]) * 300_000)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert heard == {number: bytes([number]) * 300_000 for number in range(8)}
    assert len(echo.ports) == 1


def test_a_child_that_died_is_started_again_at_the_next_connection(forwarder: Forwarder, echo: Echo, said: list[str]) -> None:
    forwarder.start()
    ask(forwarder.port, b"one")
    for process in running(f"{echo.script}\0{echo.ports[0]}"):
        os.kill(process, signal.SIGKILL)
    assert until(lambda: not listens(echo.ports[0])), "a dying process still takes connections for a moment"

    assert until(lambda: answers(forwarder.port))
    assert len(echo.ports) == 2
    assert any("was lost" in line for line in said)


def test_a_session_that_takes_and_never_answers_is_replaced(
    echo: Echo, forwarder: Forwarder, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tunnel, "SILENT_SECONDS", 0.3)
    good, echo.script = echo.script, tmp_path / "silent.py"
    echo.script.write_text(SILENT)
    forwarder.start()
    with socket.create_connection(("127.0.0.1", forwarder.port), timeout=20) as peer:
        peer.sendall(b"client hello")
        assert until(lambda: len(echo.ports) == 1)
        time.sleep(0.3)
    echo.script = good

    assert until(lambda: any("nothing comes back" in line for line in said))
    assert until(lambda: answers(forwarder.port))


def test_a_quiet_connection_does_not_end_a_session_that_others_use(echo: Echo, forwarder: Forwarder) -> None:
    forwarder.start()
    with socket.create_connection(("127.0.0.1", forwarder.port), timeout=20) as busy:
        busy.sendall(b"a")
        assert busy.recv(1) == b"a"
        socket.create_connection(("127.0.0.1", forwarder.port), timeout=20).close()
        time.sleep(0.3)
        busy.sendall(b"b")
        assert busy.recv(1) == b"b"
    assert len(echo.ports) == 1


# --- what a person is told --------------------------------------------------------------------------------------


def test_a_refusal_closes_the_connection_and_is_told_once(
    forwarder: Forwarder, echo: Echo, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_side, "QUIET_SECONDS", 0.0)
    echo.refusal = Unreachable("no credentials; sign in")
    forwarder.start()
    assert [ask(forwarder.port, b"") for _ in range(3)] == [b"", b"", b""]
    assert said == ["the tunnel to account/region/cluster did not open: no credentials; sign in"]

    echo.refusal = None
    assert ask(forwarder.port, b"hello") == b"hello", "what was refused once is tried again"


def test_after_a_refusal_the_cloud_is_left_in_peace_for_some_seconds(forwarder: Forwarder, echo: Echo) -> None:
    echo.refusal = Unreachable("no")
    forwarder.start()
    ask(forwarder.port, b"")
    echo.refusal = None
    ask(forwarder.port, b"")
    assert echo.ports == []


def test_the_last_words_of_a_child_that_ended_are_passed_on(
    forwarder: Forwarder, echo: Echo, said: list[str], tmp_path: Path
) -> None:
    echo.script = tmp_path / "failing.py"
    echo.script.write_text("import sys; sys.stderr.write('SessionManagerPlugin is not found.'); sys.exit(255)")
    forwarder.start()
    ask(forwarder.port, b"")
    assert said[0].endswith("ended: SessionManagerPlugin is not found.")


def test_a_command_that_does_not_exist_is_named(
    forwarder: Forwarder, echo: Echo, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: int) -> Sequence[str]:
        return ("no-such-program", "x")

    monkeypatch.setattr(echo, "command", missing)
    forwarder.start()
    ask(forwarder.port, b"")
    assert "no-such-program: No such file or directory" in said[0]


def test_a_child_that_never_listens_is_given_up(
    forwarder: Forwarder, echo: Echo, said: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_side, "OPEN_SECONDS", 0.5)
    echo.script = tmp_path / "deaf.py"
    echo.script.write_text("import time; print('waiting', flush=True); time.sleep(60)")
    forwarder.start()
    ask(forwarder.port, b"")
    assert "did not listen within 0.5 seconds" in said[0]
    assert until(lambda: not running(str(echo.script))), "what was given up must not stay behind"


def test_an_opening_that_outlasts_the_clients_patience_is_explained(
    forwarder: Forwarder, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(far_side, "SLOW_SECONDS", 0.0)
    forwarder.start()
    ask(forwarder.port, b"hello")
    assert "keep `./oob tunnel` open in another terminal" in said[0]


# --- the port is taken ------------------------------------------------------------------------------------------


def test_a_foreign_program_on_the_port_is_an_error_that_says_what_to_do(forwarder: Forwarder) -> None:
    with socket.create_server(("127.0.0.1", forwarder.port)), pytest.raises(PortTaken) as taken:
        forwarder.start()
    assert str(forwarder.port) in str(taken.value)
    assert "account/region/cluster" in str(taken.value)
    assert forwarder.start(), "the claim was given back"


def test_a_second_process_of_ours_uses_the_first_and_takes_over_when_it_ends(forwarder: Forwarder, echo: Echo) -> None:
    first = Forwarder(echo, forwarder.port, lambda _: None)
    assert first.start()
    assert not forwarder.start(), "the port is served already"
    assert ask(forwarder.port, b"first") == b"first"
    first.close()

    assert until(lambda: answers(forwarder.port))
    assert len(echo.ports) == 2, "each has a session of its own"


def test_two_environments_of_the_same_name_in_two_accounts_do_not_share(forwarder: Forwarder, echo: Echo) -> None:
    other = Forwarder(Echo(echo.script, identity="other/region/cluster"), forwarder.port, lambda _: None)
    assert other.start()
    try:
        with pytest.raises(PortTaken):
            forwarder.start()
    finally:
        other.close()


def test_without_a_place_for_files_the_tunnel_still_works(
    forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OOB_CACHE", str(tmp_path / "file" / "below"))
    assert forwarder.start()
    assert ask(forwarder.port, b"hello") == b"hello"


# --- the end ----------------------------------------------------------------------------------------------------

PROGRAM = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
import atexit, socket
from components.tunnel import Forwarder
from tests.support.far_side import Echo, ask
forwarder = Forwarder(Echo(Path({script!r})), {port}, print)
forwarder.start()
atexit.register(forwarder.close)
assert ask({port}, b"hello") == b"hello"
print("open", flush=True)
{then}
"""


def program(echo: Echo, then: str) -> tuple[subprocess.Popen[str], int]:
    port = free_port()
    text = PROGRAM.format(root=str(ROOT), script=str(echo.script), port=port, then=then)
    found = subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert found.stdout is not None
    line = found.stdout.readline()
    assert line == "open\n", line + found.stdout.read()
    return found, port


@pytest.mark.parametrize("ended", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_a_program_that_is_ended_by_a_signal(echo: Echo, ended: signal.Signals) -> None:
    found, _ = program(echo, "time.sleep(60)")
    assert len(running(str(echo.script))) >= 3, "the leash, the command and what the command started"
    found.send_signal(ended)
    assert found.stdout is not None
    found.stdout.read()  # ends when nobody holds the output any more: a child that did would hang `pulumi up` here
    found.wait(10)
    assert until(lambda: not running(str(echo.script)))


def test_a_program_that_is_done_ends_at_once_and_leaves_nothing(echo: Echo) -> None:
    found, port = program(echo, "pass")
    assert found.wait(10) == 0
    assert until(lambda: not running(str(echo.script)))
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_closing_does_not_wait_for_an_opening_that_hangs(
    echo: Echo, forwarder: Forwarder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, let_go, opened = threading.Event(), threading.Event(), threading.Event()

    def slow(_: int) -> Sequence[str]:
        asked.set()
        let_go.wait(20)
        opened.set()
        raise Unreachable("late")

    monkeypatch.setattr(echo, "command", slow)
    forwarder.start()
    client = socket.create_connection(("127.0.0.1", forwarder.port), timeout=5)
    assert asked.wait(5)
    forwarder.close()
    assert not opened.is_set()
    let_go.set()
    client.close()


def test_the_leash_ends_what_will_not_listen(tmp_path: Path) -> None:
    script = tmp_path / "stubborn.py"
    script.write_text(
        "import signal, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN); signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('up', flush=True); time.sleep(60)"
    )
    found = subprocess.Popen(
        [sys.executable, "-I", str(LEASH), sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert found.stdin is not None
    assert found.stdout is not None
    assert found.stdout.readline() == "up\n"
    found.stdin.close()
    found.wait(10)
    assert until(lambda: not running(str(script)))


@pytest.mark.parametrize(("text", "code"), [("raise SystemExit(7)", 7), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_the_leash_passes_on_how_its_command_ended(text: str, code: int) -> None:
    found = subprocess.Popen([sys.executable, str(LEASH), sys.executable, "-c", text], stdin=subprocess.PIPE)
    assert found.wait(10) == code


def test_the_leash_asks_gently_before_it_insists() -> None:
    assert [asked for asked, _ in leash.STEPS] == [signal.SIGINT, signal.SIGTERM, signal.SIGKILL]


# --- as the program and as a command ----------------------------------------------------------------------------


def lead_to(route: Echo, monkeypatch: pytest.MonkeyPatch) -> int:
    """Make every cloud's tunnel this route, on a free port."""
    port = free_port()

    def chosen(*_: object) -> Route:
        return route

    def fixed(_: str) -> int:
        return port

    monkeypatch.setattr(clouds, "tunnel", chosen)
    monkeypatch.setattr(tunnel, "local_port", fixed)
    return port


def stack_file(tmp_path: Path) -> Path:
    """A folder with the smallest stack of the first cloud, called t."""
    folder = tmp_path / "stacks"
    folder.mkdir()
    (folder / "roster.example.yaml").write_text((ROOT / "stacks" / "roster.example.yaml").read_text())
    example = yaml.safe_load((ROOT / "components" / "clouds" / clouds.available()[0] / "example.yaml").read_text())
    (folder / "Pulumi.t.yaml").write_text(yaml.safe_dump({"config": {"oob:stack": example}}))
    return folder


def test_the_command_writes_a_kubeconfig_for_its_user_alone_and_serves(
    echo: Echo, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = lead_to(echo, monkeypatch)
    lines: list[str] = []
    done = threading.Event()
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(serving.run(stack_file(tmp_path), "t", lines.append, done)))
    thread.start()
    assert until(lambda: len(lines) == 2), lines

    path = cache / "tunnel" / "kubeconfig-oob-t.json"
    assert f"export KUBECONFIG={path}" in lines[1]
    assert path.read_text() == '{"kind": "Config"}'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert ask(port, b"hello") == b"hello"
    assert len(echo.ports) == 1, "the command opens at once, so that what is wrong is said at once"
    done.set()
    thread.join(10)
    assert codes == [0]


def test_the_command_says_what_is_wrong_and_ends(echo: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(echo, monkeypatch)
    echo.refusal = Unreachable("no running instance; run up")
    lines: list[str] = []
    assert serving.run(stack_file(tmp_path), "t", lines.append, threading.Event()) == 3
    assert lines[-1] == "oob: no running instance; run up"


def test_the_command_needs_no_tunnel_where_the_api_is_public(echo: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(Echo(echo.script, private=False), monkeypatch)
    lines: list[str] = []
    assert serving.run(stack_file(tmp_path), "t", lines.append) == 0
    assert "no tunnel is needed" in lines[0]


def test_a_kubeconfig_that_cannot_be_written_is_a_sentence(echo: Echo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lead_to(echo, monkeypatch)
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OOB_CACHE", str(tmp_path / "file"))
    with pytest.raises(NotWritten, match="set OOB_CACHE"):
        serving.run(stack_file(tmp_path), "t", lambda _: None)


def test_the_program_starts_the_way_in_before_any_resource_and_the_plan_never_does() -> None:
    main = (ROOT / "__main__.py").read_text()
    assert main.index("settings.load") < main.index("tunnel.serve") < main.index("program.register")
    for path in (ROOT / "ops" / "plan").glob("*.py"):
        assert "tunnel" not in path.read_text(), f"{path.name}: a plan must not listen on anything"
