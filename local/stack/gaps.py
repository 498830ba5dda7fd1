"""What MiniStack's CloudFormation leaves undone although its services can do it."""

from botocore.exceptions import ClientError

from stack import cloudformation


def fill(clients, name: str, document: dict) -> None:
    """Turns on the tables' time to live."""
    physical = cloudformation.resources(clients, name)
    for logical_id, resource in document["Resources"].items():
        specification = resource.get("Properties", {}).get("TimeToLiveSpecification")
        if resource["Type"] != "AWS::DynamoDB::Table" or not specification:
            continue
        try:
            clients["dynamodb"].update_time_to_live(
                TableName=physical[logical_id], TimeToLiveSpecification=specification
            )
        except ClientError as error:
            if "already enabled" not in str(error):
                raise
