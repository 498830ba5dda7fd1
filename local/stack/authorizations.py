"""Notes what each function asked the emulator for, and whether its policies allowed it: each thing once, a JSON object a
line. The tests hold it against template.yaml."""

import json
from pathlib import Path


class Authorizations:
    def __init__(self, path: Path):
        self.path = path
        self.known = set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()

    def follow(self, evaluator, sessions) -> None:
        """Has every decision of MiniStack's evaluator noted that is about a session of a function."""
        enforce = evaluator.enforce

        def noted(access_key, action, service, region, resource_arn="*", **more):
            denied = enforce(access_key, action, service, region, resource_arn=resource_arn, **more)
            if session := sessions.get(access_key):
                self.note(session["Arn"].rpartition("/")[2], action, resource_arn, not denied)
            return denied

        evaluator.enforce = noted

    def note(self, function: str, action: str, resource: str, allowed: bool) -> None:
        entry = {"function": function, "action": action, "resource": kind(resource), "allowed": allowed}
        line = json.dumps(entry)
        if line not in self.known:
            self.known.add(line)
            with open(self.path, "a", encoding="utf-8") as file:
                file.write(f"{line}\n")


def kind(resource: str) -> str:
    """Objects of a bucket are told apart by their first folder only: each is another one."""
    bucket, separator, key = resource.partition("/")
    if resource.startswith("arn:aws:s3:::") and "/" in key:
        return f"{bucket}{separator}{key.partition('/')[0]}/*"
    return resource
