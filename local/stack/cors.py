"""The CORS policy of the API, read from template.yaml for the front door of a local stack."""

import json
import os

# Its name in an API's definition.
POLICY = "x-amazon-apigateway-cors"


def write(document: dict, parameters: dict[str, str], path: str) -> None:
    policy = {name: resolved(value, document, parameters) for name, value in find(document).items()}
    temporary = f"{path}.new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(policy, file)
    os.replace(temporary, path)


def find(document: dict) -> dict:
    """The policy of the only API that has one."""
    definitions = [resource.get("Properties", {}).get("DefinitionBody", {}) for resource in document["Resources"].values()]
    (policy,) = [definition[POLICY] for definition in definitions if POLICY in definition]
    return policy


def resolved(value, document: dict, parameters: dict[str, str]):
    """A value with its parameter filled in."""
    if isinstance(value, dict) and "Fn::Split" in value:
        separator, text = value["Fn::Split"]
        return resolved(text, document, parameters).split(separator)
    if isinstance(value, dict) and "Ref" in value:
        return str(parameters.get(value["Ref"], document["Parameters"][value["Ref"]].get("Default", "")))
    return value
