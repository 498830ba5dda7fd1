"""Prints template.yaml as AWS gets it: after the SAM transform, as JSON. Run by the template's tests."""

import json
import logging
import os
import sys
from types import SimpleNamespace

from stack import template
from stack.clients import REGION


def main() -> None:
    document = template.read(sys.argv[1])
    template.adapt(document, "s3://placeholder/empty.zip", None)
    os.environ["AWS_DEFAULT_REGION"] = REGION
    logging.disable(logging.WARNING)
    # Imported late: it looks for a region as soon as it is there.
    from samtranslator.translator.transform import transform

    no_managed_policies = SimpleNamespace(load=lambda: {})
    json.dump(transform(document, {}, no_managed_policies), sys.stdout)


if __name__ == "__main__":
    main()
