"""Clients of one MiniStack, made when they are first asked for."""

import botocore.session
from botocore.config import Config

REGION = "ap-southeast-1"
# The id and the secret of the key that MiniStack takes for the account's own.
KEY = "test"


class Clients:
    """`clients["sqs"]` is a client of SQS. The keys are dummies: nothing here ever reaches AWS."""

    def __init__(self, endpoint: str):
        self.endpoint = endpoint
        self.session = botocore.session.Session()
        self.made = {}

    def __getitem__(self, service: str):
        if service not in self.made:
            self.made[service] = self.session.create_client(
                service,
                endpoint_url=self.endpoint,
                region_name=REGION,
                aws_access_key_id=KEY,
                aws_secret_access_key=KEY,
                config=Config(s3={"addressing_style": "path"}, proxies={}, retries={"max_attempts": 2}),
            )
        return self.made[service]
