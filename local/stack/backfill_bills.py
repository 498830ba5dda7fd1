"""Gives the bills of an earlier release the attribute of the index `bills-by-shard`.

Run by operators, before and after the deployment that makes the index (docs/operations.md, «Indexes of bills»):
`PYTHONPATH=local .tools/python/bin/python -m stack.backfill_bills --region REGION --table TABLE`. It may be stopped and run
again at any time: a bill that has the attribute is passed over.
"""

import argparse
import sys

import botocore.session
from botocore.exceptions import ClientError

# As in shared/src/store/keys.rs.
SHARDS = 16


def main() -> int:
    arguments = parser().parse_args()
    session = botocore.session.Session()
    dynamodb = session.create_client("dynamodb", region_name=arguments.region, endpoint_url=arguments.endpoint)
    print(f"{backfill(dynamodb, arguments.table)} bills changed", file=sys.stderr)
    return 0


def backfill(dynamodb, table: str) -> int:
    """Returns how many bills were changed. Reading takes half a unit for each 4 KB of the table, once."""
    changed = 0
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="begins_with(sk, :bill) AND attribute_not_exists(bill_shard)",
        ExpressionAttributeValues={":bill": {"S": "BILL#"}},
        ProjectionExpression="pk, sk, #request",
        ExpressionAttributeNames={"#request": "request"},
    )
    for page in pages:
        changed += sum(give_shard(dynamodb, table, bill) for bill in page["Items"])
    return changed


def give_shard(dynamodb, table: str, bill: dict) -> bool:
    """A bill that moves to the range of another state meanwhile is not made again in the old one."""
    try:
        dynamodb.update_item(
            TableName=table,
            Key={"pk": bill["pk"], "sk": bill["sk"]},
            UpdateExpression="SET bill_shard = :shard",
            ConditionExpression="attribute_exists(pk) AND attribute_not_exists(bill_shard)",
            ExpressionAttributeValues={":shard": {"S": str(int(bill["request"]["N"]) % SHARDS)}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise
    return True


def parser() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--table", required=True)
    arguments.add_argument("--region")
    arguments.add_argument("--endpoint", help="instead of AWS")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
