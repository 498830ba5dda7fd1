"""Reads template.yaml and turns what only AWS can run into what a MiniStack can hold."""

import io
import zipfile

import yaml

BUCKET = "placeholder-packages"
KEY = "empty.zip"

FUNCTION = "AWS::Serverless::Function"


class Loader(yaml.SafeLoader):
    """YAML with the short forms of CloudFormation's functions."""


def short_form(loader: Loader, suffix: str, node: yaml.Node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", short_form)


def read(path: str) -> dict:
    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader)


def functions(document: dict):
    """Each function's logical id, binary name (by which `cargo lambda watch` knows it) and resource."""
    for logical_id, resource in document["Resources"].items():
        if resource["Type"] == FUNCTION:
            yield logical_id, resource["Properties"]["CodeUri"].rsplit("/", 1)[-1], resource


def adapt(document: dict, package: str, invoke: str | None) -> None:
    """Gives every function an empty package, and an address at which MiniStack really invokes it."""
    for _, binary, resource in functions(document):
        properties = resource["Properties"]
        properties["CodeUri"] = package
        if invoke:
            variables = properties.setdefault("Environment", {}).setdefault("Variables", {})
            variables["MINISTACK_LAMBDA_PROXY_URL"] = invoke.format(binary)


# MiniStack's CloudFormation refuses a stack with a resource type that it does not know. SAM makes such resources of these
# properties of functions; the tests name the types.
UNKNOWN_TO_MINISTACK = ("DeploymentPreference",)


def without_unknown(document: dict) -> None:
    """Leaves out what only AWS can run; the linters judge it."""
    sections = [resource["Properties"] for _, _, resource in functions(document)]
    for properties in [document["Globals"]["Function"], *sections]:
        for name in UNKNOWN_TO_MINISTACK:
            properties.pop(name, None)


def upload_placeholder(clients) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("bootstrap", "never run: cargo lambda watch runs the functions\n")
    upload(clients, KEY, archive.getvalue())
    return f"s3://{BUCKET}/{KEY}"


def upload(clients, key: str, body: bytes) -> None:
    try:
        clients["s3"].create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": clients["s3"].meta.region_name}
        )
    except clients["s3"].exceptions.BucketAlreadyOwnedByYou:
        pass
    clients["s3"].put_object(Bucket=BUCKET, Key=key, Body=body)
