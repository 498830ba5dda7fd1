"""Gives a deployed stack what its template cannot write: keys, the data key of sealed fields, the first administrator.

Run by `cargo local bootstrap STACK`. Every step looks first: what has a value keeps it, so that the command may be run
again at any time, also after an attempt that failed half-way. No value is shown, and none stands on a command line.
"""

import argparse
import base64
import getpass
import json
import os
import subprocess
import sys
import uuid

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from stack import cloudformation
from stack.clients import Clients

# Secrets that are random and nothing else. The stack draws most of them itself.
RANDOM = {"Pepper": "pepper", "CodeKey": "code-key", "PaymentKey": "payment-key"}


class Stopped(Exception):
    """What is to be done before the command is run again."""


class Deployed:
    """Clients of the account that the environment names."""

    def __init__(self, region: str | None):
        self.session = botocore.session.Session()
        self.region = region
        self.made = {}

    def __getitem__(self, service: str):
        if service not in self.made:
            self.made[service] = self.session.create_client(service, region_name=self.region)
        return self.made[service]


class Bootstrap:
    def __init__(self, clients, name: str):
        self.clients = clients
        self.physical = cloudformation.resources(clients, name)
        parameters = clients["cloudformation"].describe_stacks(StackName=name)["Stacks"][0].get("Parameters", [])
        self.parameters = {one["ParameterKey"]: one["ParameterValue"] for one in parameters}
        self.fresh = None

    def run(self) -> None:
        self.signing_keys()
        for secret, name in RANDOM.items():
            self.put_once(secret, lambda name=name: self.new(name))
        self.put_once("FieldKeys", self.data_key)
        if self.parameters.get("SmsProvider") == "aliyun":
            self.put_once("AliyunKey", aliyun_key)
        self.first_administrator()

    def signing_keys(self) -> None:
        """The private key first: its public half can be made of it, if the next step does not come to pass."""
        if self.has_value("VerifyingKeys") and not self.has_value("SigningKey"):
            raise Stopped(
                "VerifyingKeys has a value, SigningKey has none: restore the key, or remove that value to start anew"
            )
        self.put_once("SigningKey", lambda: self.new("signing-key"))
        self.put_once("VerifyingKeys", self.public_half)

    def public_half(self) -> dict:
        signing_key = self.clients["secretsmanager"].get_secret_value(SecretId=self.physical["SigningKey"])
        return cargo_local("keys", "--public-half", given=signing_key["SecretString"])

    def data_key(self) -> dict:
        """KMS gives the key out wrapped only, so that it is never seen outside a function."""
        wrapped = self.clients["kms"].generate_data_key_without_plaintext(
            KeyId=self.physical["FieldsKey"], KeySpec="AES_256", EncryptionContext={"purpose": "fields"}
        )["CiphertextBlob"]
        return {"seal": "d1", "index": "d1", "keys": {"d1": base64.b64encode(wrapped).decode()}}

    def first_administrator(self) -> None:
        key = {"pk": {"S": "PLATFORM"}, "sk": {"S": "FIRST-ADMIN"}}
        found = self.clients["dynamodb"].get_item(TableName=self.physical["Table"], Key=key, ConsistentRead=True)
        if "Item" in found:
            return say("first administrator", "is there")
        username = ask("user name of the first administrator: ")
        password = ask_hidden("password: ")
        payload = json.dumps({"username": username, "password": password}).encode()
        answer = self.clients["lambda"].invoke(FunctionName=self.physical["FirstAdmin"], Payload=payload)
        made = json.loads(answer["Payload"].read())
        if "account" not in made:
            raise Stopped(f"no administrator was made: {made.get('errorMessage', made)}")
        say("first administrator", f"made, account {made['account']}")

    def new(self, name: str):
        """One of a set of new values, which this machine draws once."""
        self.fresh = self.fresh or cargo_local("keys")
        return self.fresh[name]

    def has_value(self, secret: str) -> bool:
        client = self.clients["secretsmanager"]
        try:
            # The emulator gives a secret that is made without a value an empty one.
            return client.get_secret_value(SecretId=self.physical[secret])["SecretString"] != ""
        except client.exceptions.ResourceNotFoundException:
            return False

    def put_once(self, secret: str, value) -> None:
        """Puts a value where there is none. The version's name is always the same, so of two who do it one is refused."""
        if self.has_value(secret):
            return say(secret, "has a value")
        version = str(uuid.uuid5(uuid.NAMESPACE_URL, self.physical[secret]))
        try:
            self.clients["secretsmanager"].put_secret_value(
                SecretId=self.physical[secret], SecretString=json.dumps(value()), ClientRequestToken=version
            )
        except self.clients["secretsmanager"].exceptions.ResourceExistsException:
            return say(secret, "has a value")
        say(secret, "made")


def aliyun_key() -> dict:
    return {"id": ask("access key id at Aliyun: "), "secret": ask_hidden("its secret: ")}


def cargo_local(*arguments: str, given: str = ""):
    """What `cargo local` answers, over pipes that nothing else reads."""
    program = [os.environ["EV_PLAZA_CARGO_LOCAL"], *arguments]
    done = subprocess.run(program, input=given, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def ask(question: str) -> str:
    return input(question).strip()


def ask_hidden(question: str) -> str:
    """From a terminal without showing it; a program that asks for an administrator writes it to standard input."""
    return getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def say(what: str, state: str) -> None:
    print(f"  {what}: {state}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="cargo local bootstrap")
    parser.add_argument("stack")
    parser.add_argument("--region")
    parser.add_argument("--endpoint", help="where an emulator answers in the place of AWS")
    arguments = parser.parse_args()
    clients = Clients(arguments.endpoint) if arguments.endpoint else Deployed(arguments.region)
    try:
        Bootstrap(clients, arguments.stack).run()
        return 0
    except (Stopped, BotoCoreError, ClientError, EOFError) as error:
        print(error or "nothing was answered", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
