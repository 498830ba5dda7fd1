"""Makes, changes or deletes the stack of template.yaml on a MiniStack; run by `cargo local` and by the template's test."""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from stack import cloudformation, cors, credentials, environment, gaps, template
from stack.clients import Clients


def main() -> int:
    arguments = parser().parse_args()
    clients = Clients(arguments.endpoint)
    try:
        if arguments.delete:
            cloudformation.delete(clients, arguments.name)
            return 0
        document = template.read(arguments.template)
        template.without_unknown(document)
        template.adapt(document, template.upload_placeholder(clients), arguments.invoke)
        parameters = dict(pair.split("=", 1) for pair in arguments.parameter)
        cloudformation.deploy(clients, arguments.name, document, parameters)
        gaps.fill(clients, arguments.name, document)
        if arguments.env_file:
            environment.write(clients, arguments.name, document, arguments.env_file)
        if arguments.credentials:
            credentials.write(clients, arguments.name, document, arguments.credentials)
        if arguments.cors_file:
            cors.write(document, parameters, arguments.cors_file)
        return 0
    except (cloudformation.Failed, environment.Conflict, BotoCoreError, ClientError) as error:
        print(error, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stack", description=__doc__)
    parser.add_argument("--endpoint", required=True, help="where MiniStack answers")
    parser.add_argument("--name", required=True, help="name of the stack")
    parser.add_argument("--template", help="path of template.yaml")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--invoke", help="where functions are invoked, {} standing for the function's name")
    parser.add_argument("--env-file", help="where to write the variables that functions read")
    parser.add_argument("--cors-file", help="where to write the API's CORS policy, its parameters filled in")
    parser.add_argument("--credentials", help="the folder for the variables of each function's session")
    parser.add_argument("--delete", action="store_true", help="delete the stack instead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
