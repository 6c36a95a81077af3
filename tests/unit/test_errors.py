"""The family of errors: one root, documents that fit their schema, words that help."""

from __future__ import annotations

import ast
import inspect

import pytest

from functions import errors
from functions.errors import (
    ProvisioningError,
)

FAMILY: list[type[ProvisioningError]] = [
    found
    for name in errors.__all__
    if inspect.isclass(found := getattr(errors, name))
    and issubclass(found, ProvisioningError)
]
BRANCHES = {"ProvisioningError", "CallerFault", "Refused", "NotTakenUp", "Unsure"}
STATUSES = {
    "InvalidEvent": 400,
    "MethodNotAllowed": 405,
    "PayloadTooLarge": 413,
    "UnsupportedMediaType": 415,
    "Unauthenticated": 401,
    "NotFound": 404,
    "Conflict": 409,
    "AlreadyExists": 409,
    "QuotaExceeded": 409,
    "Malfunction": 502,
    "Misconfigured": 500,
    "Throttled": 503,
    "Busy": 503,
    "OutcomeUnknown": 504,
    "DeadlineExceeded": 504,
    "AuthenticationFailed": 502,
    "PermissionDenied": 502,
    "InvalidProject": 502,
    "InvalidRequest": 502,
    "Redirected": 502,
    "ServiceFailed": 502,
    "Unreachable": 502,
    "UnintelligibleReply": 502,
    "LogtankFailed": 502,
}
RETRYABLE = {
    "Throttled",
    "Unreachable",
    "Busy",
    "ServiceFailed",
    "OutcomeUnknown",
    "UnintelligibleReply",
    "DeadlineExceeded",
}


def test_the_whole_family_is_public() -> None:
    """Every class below the root can be had from the package."""

    def below(kind: type[ProvisioningError]) -> set[type[ProvisioningError]]:
        return {kind}.union(*map(below, kind.__subclasses__()))

    assert below(ProvisioningError) == set(FAMILY)


def test_the_tree_on_top_of_the_package_is_the_real_one() -> None:
    """Each class stands in the drawing, under the class that it derives from."""
    lines = (errors.__doc__ or "").splitlines()
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in lines:
        words = line.replace("│", " ").replace("├──", "   ").replace("└──", "   ")
        name = words.split()[0] if words.split() else ""
        if name in errors.__all__:
            depth = (len(words) - len(words.lstrip())) // 4
            path[depth:] = [name]
            drawn[name] = path[depth - 1] if depth else "Exception"

    assert drawn == {kind.__name__: kind.__mro__[1].__name__ for kind in FAMILY}


@pytest.mark.parametrize("kind", FAMILY)
def test_every_class_says_what_it_is_and_what_to_do(
    kind: type[ProvisioningError],
) -> None:
    """A class has a docstring of its own, and a remedy that is a sentence."""
    assert kind.__dict__["__doc__"]
    assert kind.remedy[0].isupper()
    assert kind.remedy.endswith(".")


def test_leaves_have_the_statuses_of_the_design() -> None:
    """Each class answers an HTTP caller with its own status, all others with 502."""
    leaves = {kind.__name__: kind.status for kind in FAMILY}
    for name in (*BRANCHES, "BatchFailed"):
        del leaves[name]

    assert leaves == STATUSES


def test_what_may_succeed_later_is_retryable() -> None:
    """Silence, trouble and crowds pass; refusals and faults of the event do not."""
    leaves = {kind.__name__ for kind in FAMILY if kind.retryable} - BRANCHES

    assert leaves == RETRYABLE


def test_a_leaf_has_no_classes_below_it_but_the_kinds_of_invalid_events() -> None:
    """Whoever catches a leaf knows exactly what happened."""
    parents = {kind.__mro__[1].__name__ for kind in FAMILY} - {"Exception"}

    assert parents == BRANCHES | {"InvalidEvent"}


def test_nothing_is_classified_by_its_text() -> None:
    """The table of codes asks for a status and a code, and never for a message."""
    from functions.errors import codes  # noqa: PLC0415 # only its source matters

    names = {
        argument.arg
        for node in ast.walk(ast.parse(inspect.getsource(codes)))
        if isinstance(node, ast.FunctionDef)
        for argument in node.args.args
    }
    assert names == {"status", "code"}
