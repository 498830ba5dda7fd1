"""The peers: what the documents' endpoints would cost in Python, at the least."""

import json
import os

ANSWER = {"statusCode": 200, "headers": {"content-type": "application/json"}, "isBase64Encoded": False}


def hello(event, context):
    return ANSWER | {"body": '{"ok":true}'}


if os.environ.get("DATABASE_HOST"):
    import boto3

    database = boto3.client("dynamodb", endpoint_url="http://" + os.environ["DATABASE_HOST"])
    KEY = {"pk": {"S": "ACCOUNT#ev#1003"}, "sk": {"S": "SESSIONS"}}
    database.get_item(TableName="ev-plaza", Key=KEY, ConsistentRead=True)


def read(event, context):
    item = database.get_item(TableName="ev-plaza", Key=KEY, ConsistentRead=True)["Item"]
    return ANSWER | {"body": json.dumps({"enabled": item["enabled"]["BOOL"]})}
