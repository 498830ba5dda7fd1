"""The variables that functions read, as the deployed stack has them: template.yaml alone declares them."""

import os
from urllib.parse import urlsplit

from stack import cloudformation, template

# Told by the emulator to itself.
OURS_ALONE = {"MINISTACK_LAMBDA_PROXY_URL"}


class Conflict(Exception):
    """Two functions want different values, but `cargo lambda watch` has one file for all."""


def write(clients, name: str, document: dict, path: str) -> None:
    variables = collect(clients, name, document)
    text = "".join(f"{key}={value}\n" for key, value in sorted(variables.items()))
    temporary = f"{path}.new"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)


def collect(clients, name: str, document: dict) -> dict[str, str]:
    physical = cloudformation.resources(clients, name)
    variables: dict[str, str] = {}
    for logical_id, binary, _ in template.functions(document):
        configuration = clients["lambda"].get_function_configuration(FunctionName=physical[logical_id])
        for key, value in configuration["Environment"]["Variables"].items():
            if key in OURS_ALONE:
                continue
            value = here(value, clients.endpoint)
            if variables.setdefault(key, value) != value:
                raise Conflict(
                    f"template.yaml gives {key} another value for {binary} than for other functions: "
                    "cargo lambda watch has one set of variables for all, so name it differently"
                )
    return variables


def here(value: str, endpoint: str) -> str:
    """A queue's address as it is in this run: MiniStack remembers the port of the run that made the queue."""
    parts = urlsplit(value)
    if parts.scheme == "http" and parts.path.startswith("/000000000000/"):
        return endpoint + parts.path
    return value
