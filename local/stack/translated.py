"""Prints template.yaml after the SAM transform, as JSON: as AWS gets it, or with `--ministack` as MiniStack does.

`--parameter NAME=VALUE` gives a parameter another value than its default. Run by the template's tests."""

import argparse
import json
import logging
import os
import sys
from types import SimpleNamespace

from stack import template
from stack.clients import REGION


def main() -> None:
    arguments = parser().parse_args()
    document = template.read(arguments.template)
    if arguments.ministack:
        template.without_unknown(document)
    template.adapt(document, "s3://placeholder/empty.zip", None)
    os.environ["AWS_DEFAULT_REGION"] = REGION
    logging.disable(logging.WARNING)
    # Imported late: it looks for a region as soon as it is there.
    from samtranslator.translator.transform import transform

    parameters = dict(pair.split("=", 1) for pair in arguments.parameter)
    no_managed_policies = SimpleNamespace(load=lambda: {})
    json.dump(transform(document, parameters, no_managed_policies), sys.stdout)


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stack.translated", description=__doc__)
    parser.add_argument("template")
    parser.add_argument("--ministack", action="store_true")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    return parser


if __name__ == "__main__":
    main()
