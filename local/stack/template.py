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
        return repeated(yaml.load(file, Loader))


def repeated(document: dict) -> dict:
    """Carries out `AWS::LanguageExtensions`: each `Fn::ForEach` of resources, and the mappings that it looks into."""
    document["Transform"] = "AWS::Serverless-2016-10-31"
    resources, mappings = {}, document.get("Mappings", {})
    for name, resource in document["Resources"].items():
        if not name.startswith("Fn::ForEach::"):
            resources[name] = resource
            continue
        identifier, values, patterns = resource
        for value in values:
            resources |= substituted(patterns, identifier, value, mappings)
    document["Resources"] = resources
    return document


def substituted(node, identifier: str, value: str, mappings: dict):
    """The node with the value for its identifier, as `${Identifier}` in a text or `!Ref Identifier`."""

    def within(inner):
        return substituted(inner, identifier, value, mappings)

    if isinstance(node, str):
        return node.replace(f"${{{identifier}}}", value)
    if isinstance(node, list):
        return [within(item) for item in node]
    if not isinstance(node, dict):
        return node
    node = {within(key): within(item) for key, item in node.items()}
    match node:
        case {"Ref": name} if name == identifier:
            return value
        case {"Fn::Sub": str(text)} if "${" not in text:
            return text
        case {"Fn::FindInMap": [mapping, first, second]}:
            return mappings[mapping][first][second]
    return node


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
