"""Writes the audit trail and its hash chain to standard output, a JSON object a line, for `cargo local audit verify`.

The chain comes first: an entry that is written meanwhile is then younger than the chain's head.
"""

import argparse
import json
import sys

from botocore.exceptions import BotoCoreError, ClientError

from stack import cloudformation
from stack.bootstrap import Deployed
from stack.clients import Clients


def main() -> int:
    parser = argparse.ArgumentParser(prog="cargo local audit verify")
    parser.add_argument("stack")
    parser.add_argument("--region")
    parser.add_argument("--endpoint", help="where an emulator answers in the place of AWS")
    arguments = parser.parse_args()
    clients = Clients(arguments.endpoint) if arguments.endpoint else Deployed(arguments.region)
    try:
        physical = cloudformation.resources(clients, arguments.stack)
        write("keys", public_keys(clients, physical["VerifyingKeys"]))
        for kind, table in (("chain", "AuditChainTable"), ("entry", "AuditTable")):
            for item in items(clients["dynamodb"], physical[table]):
                write(kind, item)
        return 0
    except (BotoCoreError, ClientError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1


def public_keys(clients, secret: str):
    """A local stack has its keys in files, and secrets without a value."""
    client = clients["secretsmanager"]
    try:
        return json.loads(client.get_secret_value(SecretId=secret)["SecretString"] or "null")
    except client.exceptions.ResourceNotFoundException:
        return None


def items(dynamodb, table: str):
    start = {}
    while True:
        page = dynamodb.scan(TableName=table, ConsistentRead=True, **start)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def write(kind: str, what) -> None:
    print(json.dumps({kind: what}, default=str))


if __name__ == "__main__":
    sys.exit(main())
