"""Runs MiniStack so that a power cut leaves its data whole.

MiniStack writes its state when it is stopped, and never otherwise. Here it is saved within about a second of each change,
as snapshots: a folder of files per snapshot, and a file that names the newest finished one, replaced as a whole.
"""

import asyncio
import logging
import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from stack.authorizations import Authorizations

# No request is served while a snapshot is written, so that may take this share of the emulator's time at most.
SHARE = 0.05
PAUSE_SECONDS = 0.5

# DynamoDB's actions that change nothing. An action that is missing here costs a snapshot too many.
READS = ("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems", "DescribeTable", "ListTables")

# Whose state a request changes, by the service that its header names.
SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs"}
# What the emulator changes by itself.
BY_ITSELF = {"sqs", "scheduler", "dynamodb"}


class Snapshots:
    """The snapshots in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.newest = folder / "newest"
        # There while something has been written that is in no snapshot.
        self.unsaved = folder / "unsaved"
        folder.mkdir(parents=True, exist_ok=True)

    def latest(self) -> Path | None:
        try:
            return self.folder / self.newest.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def next(self) -> Path:
        latest = self.latest()
        folder = self.folder / str(int(latest.name) + 1 if latest else 1)
        # Left of an attempt that failed.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def tidy(self) -> None:
        """Removes what attempts that were cut off have left."""
        latest = self.latest()
        for path in self.folder.iterdir():
            if path.is_dir() and path != latest:
                shutil.rmtree(path)

    def finish(self, folder: Path) -> None:
        """Makes a folder the newest snapshot, once it is on the disk with all that the one before it had."""
        before = self.latest()
        missing = set(os.listdir(before)) - set(os.listdir(folder)) if before else set()
        if missing:
            raise OSError(f"the snapshot lacks {', '.join(sorted(missing))}")
        for path in [*folder.iterdir(), folder]:
            flush(path)
        name = self.folder / "newest.new"
        name.write_text(folder.name, encoding="utf-8")
        flush(name)
        os.replace(name, self.newest)
        flush(self.folder)
        if before:
            shutil.rmtree(before, ignore_errors=True)


def flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Saving:
    """MiniStack's application, with every request that may change something noted and saved soon after."""

    def __init__(self, ministack, persistence, snapshots: Snapshots):
        self.ministack = ministack
        self.application = ministack.app
        self.persistence = persistence
        self.snapshots = snapshots
        self.changes = 0
        self.saved = 0
        self.under_way = 0
        # Services that have changed since the newest snapshot; none if all may have.
        self.touched = None
        self.task = None
        self.writer = ThreadPoolExecutor(1)

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            self.task = asyncio.create_task(self.save_again_and_again())
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        # Everything here is on one machine and speaks plain HTTP; policies that ask for TLS take it for that.
        scope = {**scope, "headers": [*scope["headers"], (b"x-forwarded-proto", b"https")]}
        if not may_change(scope):
            return await self.application(scope, receive, send)
        if self.changes == self.saved:
            self.snapshots.unsaved.touch()
        self.note(scope)
        self.under_way += 1
        try:
            await self.application(scope, receive, send)
        finally:
            self.note(scope)
            self.under_way -= 1

    def note(self, scope) -> None:
        self.changes += 1
        service = service_of(scope)
        if service is None:
            self.touched = None
        elif self.touched is not None:
            self.touched.add(service)

    async def save_again_and_again(self):
        while True:
            await asyncio.sleep(PAUSE_SECONDS)
            # A stack that is being made or changed is not saved half done: the next start does it again.
            if self.changes == self.saved or self.a_stack_changes():
                continue
            # All of it is written when a stack was made or changed, which happens once in a while.
            all_of_it, began = self.touched is None, time.monotonic()
            try:
                changes, folder = self.changes, self.write()
                took = 0 if all_of_it else time.monotonic() - began
                await asyncio.wrap_future(self.writer.submit(self.snapshots.finish, folder))
                self.is_saved(changes)
            except OSError as error:
                self.touched, took = None, PAUSE_SECONDS
                print(f"the data cannot be saved: {error}", file=sys.stderr)
            await asyncio.sleep(took / SHARE)

    def write(self) -> Path:
        """Writes all state in one go, with no request served meanwhile; what has not changed stays the same file."""
        before, folder = self.snapshots.latest(), self.snapshots.next()
        services = self.ministack._build_persistence_save_dict()
        if before and self.touched is not None:
            for file in set(os.listdir(before)) - {f"{name}.json" for name in self.touched | BY_ITSELF}:
                os.link(before / file, folder / file)
                services.pop(file.removesuffix(".json"), None)
        self.touched = set()
        with in_folder(self.persistence, folder):
            self.persistence.save_all(services)
        return folder

    def is_saved(self, changes: int) -> None:
        self.saved = changes
        if self.changes == changes and not self.under_way:
            self.snapshots.unsaved.unlink(missing_ok=True)

    def a_stack_changes(self) -> bool:
        module = sys.modules.get("ministack.services.cloudformation")
        stacks = module._stacks._data.values() if module else ()
        return any(stack.get("StackStatus", "").endswith("_IN_PROGRESS") for stack in stacks)

    def save_at_the_end(self, _services) -> None:
        """In the place of what MiniStack does when it is stopped."""
        self.task.cancel()
        self.writer.shutdown()
        self.touched = None
        self.snapshots.finish(self.write())
        self.snapshots.unsaved.unlink(missing_ok=True)


@contextmanager
def in_folder(persistence, folder: Path):
    """Has MiniStack read or write its state there. What else it keeps beside it stays in one place."""
    usual = persistence.STATE_DIR
    persistence.STATE_DIR = str(folder)
    try:
        yield
    finally:
        persistence.STATE_DIR = usual


def may_change(scope) -> bool:
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return False
    return target(scope)[1] not in READS


def service_of(scope) -> str | None:
    """The service whose state a request changes; none if it may change anything."""
    # The scope of its signature names the service, and only S3 has no other name for it.
    if b"/s3/aws4_request" in header(scope, b"authorization"):
        return "s3"
    return SERVICES.get(target(scope)[0])


def target(scope) -> tuple[str, str]:
    """The service and the action that a request names in its header; empty where it names them in another way."""
    service, _, action = header(scope, b"x-amz-target").decode("latin-1").rpartition(".")
    return service, action


def header(scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name.lower() == wanted), b"")


def main() -> None:
    snapshots = Snapshots(Path(sys.argv[1]))
    snapshots.tidy()
    # What MiniStack keeps beside its state; and its state, from the days when it saved that by itself.
    beside = snapshots.folder.parent / "state"
    latest = snapshots.latest() or (beside if (beside / "dynamodb.json").exists() else None)
    os.environ.update(PERSIST_STATE="1", S3_PERSIST="1", STATE_DIR=str(beside))
    if not latest:
        # Objects are files of their own, which are useless without the state that lists them.
        shutil.rmtree(os.environ["S3_DATA_DIR"], ignore_errors=True)
    snapshots.unsaved.unlink(missing_ok=True)
    # Imported late, because it reads the environment on import.
    from ministack import app as ministack
    from ministack.core import iam_evaluator, persistence
    from ministack.services import sts

    # Otherwise it logs each snapshot, once per service.
    logging.getLogger("persistence").setLevel(logging.WARNING)
    load = ministack._load_persisted_state

    def load_snapshot():
        with in_folder(persistence, latest or snapshots.folder):
            load()

    ministack._load_persisted_state = load_snapshot
    Authorizations(snapshots.folder.parent / "authorizations.jsonl").follow(iam_evaluator, sts._sessions)
    saving = Saving(ministack, persistence, snapshots)
    ministack.app = saving
    ministack.save_all = saving.save_at_the_end
    sys.argv[1:] = []
    ministack.main()


if __name__ == "__main__":
    main()
