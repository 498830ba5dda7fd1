"""Creates, updates and deletes a stack, and waits until it is so."""

import json
import time

from botocore.exceptions import ClientError

from . import template

PATIENCE_SECONDS = 60


class Failed(Exception):
    """The stack did not become what was asked for."""


def deploy(clients, name: str, document: dict, parameters: dict[str, str]) -> None:
    """The stack as the document says, whether or not it was there before."""
    # A template of this size does not fit into a request; as `sam deploy` does it, it goes through a bucket.
    template.upload(clients, f"{name}.json", json.dumps(document).encode())
    request = {
        "StackName": name,
        "TemplateURL": f"{clients.endpoint}/{template.BUCKET}/{name}.json",
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    status = status_of(clients, name)
    if status is not None and not status.startswith(("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")):
        delete(clients, name)
        status = None
    try:
        if status is None:
            clients["cloudformation"].create_stack(**request)
        else:
            clients["cloudformation"].update_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise
    wait(clients, name, ("CREATE_COMPLETE", "UPDATE_COMPLETE"))


def delete(clients, name: str) -> None:
    if status_of(clients, name) is not None:
        clients["cloudformation"].delete_stack(StackName=name)
        wait(clients, name, (None, "DELETE_COMPLETE"))


def resources(clients, name: str) -> dict[str, str]:
    """The physical id of each logical id."""
    pages = clients["cloudformation"].get_paginator("list_stack_resources").paginate(StackName=name)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }


def status_of(clients, name: str) -> str | None:
    try:
        return clients["cloudformation"].describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def wait(clients, name: str, wanted: tuple) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while (status := status_of(clients, name)) not in wanted:
        ended = status is None or not status.endswith("_IN_PROGRESS")
        if ended or time.monotonic() > until:
            raise Failed(f"the stack {name} is {status or 'gone'}: {first_failure(clients, name)}")
        time.sleep(0.05)


def first_failure(clients, name: str) -> str:
    try:
        events = clients["cloudformation"].describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:
        return "it left no events"
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
    if not failed:
        return "no event says why"
    return f"{failed[0]['LogicalResourceId']}: {failed[0].get('ResourceStatusReason', 'no reason given')}"
