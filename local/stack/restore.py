"""Puts a table back to what it was at an instant, under its own name, so that nothing else in the stack changes.

Run by operators: `PYTHONPATH=local .tools/python/bin/python -m stack.restore --table NAME --at 2026-06-01T08:30:00+08:00`.
"""

import argparse
import datetime
import sys
import time

import botocore.session
from botocore.exceptions import ClientError

PATIENCE_SECONDS = 6 * 3600


def main() -> int:
    arguments = parser().parse_args()
    session = botocore.session.Session()
    dynamodb = session.create_client("dynamodb", region_name=arguments.region, endpoint_url=arguments.endpoint)
    at = datetime.datetime.fromisoformat(arguments.at)
    if at.tzinfo is None:
        print("--at needs an offset, such as +08:00", file=sys.stderr)
        return 1
    restore(dynamodb, arguments.table, at)
    return 0


def restore(dynamodb, table: str, at: datetime.datetime) -> None:
    """Each step leaves something to go on from: the original is deleted only when two copies of the wanted state exist."""
    copy = f"{table}-at-{at:%Y%m%d%H%M%S}"
    before = dynamodb.describe_table(TableName=table)["Table"]
    lifetime = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]

    say(f"restoring {table} as {copy}")
    dynamodb.restore_table_to_point_in_time(SourceTableName=table, TargetTableName=copy, RestoreDateTime=at)
    wait_until_active(dynamodb, copy)

    say(f"backing up {copy}")
    backup = dynamodb.create_backup(TableName=copy, BackupName=copy)["BackupDetails"]["BackupArn"]
    wait(lambda: dynamodb.describe_backup(BackupArn=backup)["BackupDescription"]["BackupDetails"]["BackupStatus"])

    say(f"replacing {table}")
    protected = before.get("DeletionProtectionEnabled", False)
    protect(dynamodb, table, protected, False)
    dynamodb.delete_table(TableName=table)
    wait(lambda: "AVAILABLE" if status(dynamodb, table) is None else "DELETING")
    dynamodb.restore_table_from_backup(TargetTableName=table, BackupArn=backup)
    wait_until_active(dynamodb, table)

    say("turning on what a restored table lacks")
    dynamodb.update_continuous_backups(
        TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    if "AttributeName" in lifetime:
        specification = {"AttributeName": lifetime["AttributeName"], "Enabled": True}
        dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)
    protect(dynamodb, table, False, protected)
    say(f"done; {copy} and its backup stay until you delete them")


def protect(dynamodb, table: str, before: bool, after: bool) -> None:
    if before != after:
        dynamodb.update_table(TableName=table, DeletionProtectionEnabled=after)
        wait_until_active(dynamodb, table)


def status(dynamodb, table: str) -> str | None:
    try:
        return dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return None
        raise


def wait_until_active(dynamodb, table: str) -> None:
    wait(lambda: "AVAILABLE" if status(dynamodb, table) == "ACTIVE" else "WAITING")


def wait(state) -> None:
    until, pause = time.monotonic() + PATIENCE_SECONDS, 0.05
    while state() != "AVAILABLE":
        if time.monotonic() > until:
            raise TimeoutError("DynamoDB has not finished in six hours")
        time.sleep(pause)
        pause = min(2 * pause, 15)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stack.restore", description=__doc__)
    parser.add_argument("--table", required=True, help="the table's name, an output of the stack")
    parser.add_argument("--at", required=True, help="the instant to go back to, with its offset")
    parser.add_argument("--region", help="where the stack is")
    parser.add_argument("--endpoint", help="another place than AWS, for rehearsals")
    return parser


if __name__ == "__main__":
    sys.exit(main())
