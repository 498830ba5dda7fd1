"""The CORS policy of the API, read from template.yaml for the front door of a local stack."""

import json
import os

# Its name in an API's definition.
IN_A_DEFINITION = "x-amazon-apigateway-cors"


def write(document: dict, parameters: dict[str, str], path: str) -> None:
    policy = {name[0].lower() + name[1:]: resolved(value, document, parameters) for name, value in find(document).items()}
    temporary = f"{path}.new"
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(policy, file)
    os.replace(temporary, path)


def find(document: dict) -> dict:
    """The policy of the only API that has one."""
    properties = [resource["Properties"] for resource in document["Resources"].values() if "Properties" in resource]
    policies = [one.get("CorsConfiguration") for one in properties if one.get("ProtocolType") == "HTTP"]
    policies += [one.get("DefinitionBody", {}).get(IN_A_DEFINITION) for one in properties]
    (policy,) = [policy for policy in policies if policy]
    return policy


def resolved(value, document: dict, parameters: dict[str, str]):
    """A value with its parameter filled in."""
    if isinstance(value, dict) and "Fn::Split" in value:
        separator, text = value["Fn::Split"]
        return resolved(text, document, parameters).split(separator)
    if isinstance(value, dict) and "Ref" in value:
        parameter = document["Parameters"][value["Ref"]]
        given = str(parameters.get(value["Ref"], parameter.get("Default", "")))
        return given.split(",") if parameter["Type"] == "CommaDelimitedList" else given
    return value
