"""Sessions in which functions act, each under the role that template.yaml gives it, as Lambda hands them out."""

import os

from stack import cloudformation, template
from stack.clients import KEY

# MiniStack lets a session live for as long as one asks; it ends with the emulator in any case.
LIFE_SECONDS = 365 * 24 * 60 * 60

# The function that no deployment has acts for the developer, whose account this is.
DEVELOPERS = "local-staff"


def write(clients, name: str, document: dict, folder: str) -> None:
    """A file of variables per function, to be read by a shell."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    physical = cloudformation.resources(clients, name)
    for logical_id, _, _ in template.functions(document):
        configuration = clients["lambda"].get_function_configuration(FunctionName=physical[logical_id])
        binary = configuration["FunctionName"].removeprefix(f"{name}-")
        session = clients["sts"].assume_role(
            RoleArn=configuration["Role"], RoleSessionName=binary, DurationSeconds=LIFE_SECONDS
        )["Credentials"]
        save(folder, binary, session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"])
    save(folder, DEVELOPERS, KEY, KEY, "")


def save(folder: str, function: str, key: str, secret: str, token: str) -> None:
    variables = {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": token}
    path = os.path.join(folder, function)
    with open(f"{path}.new", "w", encoding="utf-8") as file:
        os.chmod(file.fileno(), 0o600)
        file.writelines(f"export {variable}='{value}'\n" for variable, value in variables.items())
    os.replace(f"{path}.new", path)
