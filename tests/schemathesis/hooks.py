"""What the tester must know of a local stack."""

import schemathesis


@schemathesis.hook
def before_call(context, case, **kwargs):
    """Text that is no UTF-8 reaches no function here: `cargo lambda watch` answers it with 500 itself. API Gateway hands it
    over, and tests/tests/wire_inputs.rs sends it."""
    if isinstance(case.body, bytes) and not (case.media_type or "").startswith(("multipart/", "image/")):
        case.body = case.body.decode(errors="replace").encode()
