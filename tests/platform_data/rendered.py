"""The data parts as one program, and what it registers as Kubernetes would read it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from pulumi import ComponentResource

from components.platform.accounts import Accounts
from components.platform.connections import Connections
from components.platform.database_bootstrap import DatabaseBootstrap
from components.platform.database_load import DatabaseLoad
from components.platform.dumps import Dumps
from components.platform.exports import Exports
from components.platform.heartbeat import Heartbeat
from components.platform.images import Images
from components.platform.inputs import PlatformInputs
from components.platform.licence import LicenceWatch
from components.platform.restore import Restore
from components.platform.velero import Velero
from components.sections import Mode
from ops.plan.recorder import Recording, Registered
from tests.platform_data import made_up

Json = dict[str, Any]


def build(inputs: PlatformInputs, images: Images, parent: ComponentResource) -> None:
    """The data parts in the order in which the platform makes them."""
    connections = Connections("connections", inputs, parent)
    bootstrap = DatabaseBootstrap("database-bootstrap", inputs, images, parent, depends_on=[connections])
    Accounts("accounts", inputs, images, parent, depends_on=[connections])
    backups = Velero("velero", inputs, images, parent)
    if inputs.environment.disposable:
        load = inputs.database.load
        filled = bootstrap.ready
        if load is not None:
            filled = DatabaseLoad("database-load", inputs, images, load, parent, depends_on=[bootstrap.ready]).ready
        Restore("restore", inputs, images, parent, depends_on=[filled, backups.ready])
    else:
        Dumps("dumps", inputs, images, parent, depends_on=[bootstrap.ready])
        Heartbeat("heartbeat", inputs, images, parent, depends_on=[bootstrap.ready])
        LicenceWatch("licence", inputs, images, parent, depends_on=[bootstrap.ready])
        Exports("exports", inputs, images, parent, depends_on=[bootstrap.ready])


@cache
def recording(mode: Mode) -> Recording:
    return made_up.recorded(build, mode)


MODES = [Mode.LIVE, Mode.DRILL]


def inputs_of(found: Registered) -> Json:
    """Inputs as Kubernetes would read them: what is unknown or secret stands as a text, and a Secret's content as a whole."""
    content: Json = json.loads(json.dumps(found.inputs))
    if content.get("stringData") == "[secret]":
        content["stringData"] = {"content": "[secret]"}
    return content


def objects(mode: Mode) -> Iterator[tuple[Registered, Json]]:
    for found in recording(mode).resources:
        if found.type.startswith("kubernetes:") and "helm" not in found.type:
            yield found, inputs_of(found)


def pods(mode: Mode) -> Iterator[tuple[str, Json]]:
    """Every pod template with the name of what makes it."""
    for found, content in objects(mode):
        if found.type.endswith(":CronJob"):
            yield found.name, content["spec"]["jobTemplate"]["spec"]["template"]
        elif found.type.endswith(":Job"):
            yield found.name, content["spec"]["template"]


def containers(template: Json) -> Iterator[Json]:
    yield from template["spec"].get("initContainers", [])
    yield from template["spec"]["containers"]


def variables(container: Json) -> dict[str, str]:
    return {item["name"]: item.get("value", "") for item in container["env"]}
