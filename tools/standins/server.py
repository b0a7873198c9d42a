"""One process that serves every stand-in, each at a port of its own on this machine, until its input is closed."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from tools.standins import packages
from tools.standins.ledger import Ledger
from tools.standins.orders import Orders
from tools.standins.servicer import LARGEST_MESSAGE, StandIn

WORKERS = 64  # each waiting operation holds one


def serve(folder: Path) -> dict[str, int]:
    """Starts the stand-ins over the ledger and orders in `folder`; gives the port of each."""
    ledger, orders = Ledger(folder / "ledger.jsonl"), Orders(folder / "orders.json")
    ports: dict[str, int] = {}
    for package in packages():
        server = grpc.server(ThreadPoolExecutor(max_workers=WORKERS), options=LARGEST_MESSAGE)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(StandIn(package, ledger, orders, folder / "signed-in"), server)
        ports[package] = server.add_insecure_port("127.0.0.1:0")
        server.start()
        _SERVERS.append(server)
    return ports


_SERVERS: list[grpc.Server] = []  # kept alive until the process ends


def main() -> int:
    """Prints the ports as one line of JSON, then serves until the other side closes our input."""
    print(json.dumps(serve(Path(sys.argv[1]))), flush=True)
    sys.stdin.buffer.read()
    for server in _SERVERS:
        server.stop(None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
