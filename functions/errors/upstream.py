"""What the clouds' answers, and their silence, come to."""

from __future__ import annotations

from functions.errors.family import ProvisioningError


class Refused(ProvisioningError):
    """The cloud said no; the same call gets the same answer."""


class AuthenticationFailed(Refused):
    """The cloud does not accept the credential (401, LTS.0003, APIGW.0301)."""

    remedy = (
        "Check the function's keys, token or password: it is wrong, expired, or of the "
        "wrong scope (LTS wants a project's token, GA a domain's)."
    )


class PermissionDenied(Refused):
    """The credential is good but may not do this (403)."""

    remedy = (
        "Grant the credential the permissions that the README lists, in the project "
        "and domain it is used in."
    )


class InvalidProject(Refused):
    """The project is not the credential's, or none at all (LTS.0001, LTS.0011)."""

    remedy = (
        "Set HUAWEICLOUD_SDK_PROJECT_ID, or the event's project_id, to the project "
        "of the credential in the region of the log group."
    )


class InvalidRequest(Refused):
    """The cloud finds the request itself wrong (400, LTS.0009, GA.9001)."""

    remedy = "Correct what the cloud's message names and send the event again."


class Redirected(Refused):
    """The endpoint sends us elsewhere; redirects are never followed."""

    remedy = (
        "Set the endpoint of the service to the address of its API: what answers "
        "there now is something else, such as a console or a proxy's login page."
    )


class NotFound(Refused):
    """Something that the request names does not exist (404, LTS.0201, GA.9002)."""

    status = 404
    remedy = "Create what the cloud's message names, or correct its id in the event."


class AlreadyExists(Refused):
    """The name is taken, and not by what was asked for (LTS.0205, GA.9104)."""

    status = 409
    remedy = (
        "Choose another log_stream_name, or another alias: a stream that is not in "
        "this log group, or not of this name, has taken it."
    )


class QuotaExceeded(Refused):
    """There are as many as the account may have (LTS.0206, GA.9103)."""

    status = 409
    remedy = "Delete what is no longer needed, or ask for a higher quota by a ticket."


class Conflict(Refused):
    """The listener already ships its log elsewhere, or is in use (409, GA.9005)."""

    status = 409
    remedy = (
        "Delete the listener's other logtank, or send the event for the log stream "
        "that it ships to."
    )


class LogtankFailed(Refused):
    """GA could not provision the logtank: its status is ERROR."""

    remedy = "Delete the named logtank and send the event again."


class NotProcessed(ProvisioningError):
    """Nothing has happened; the call is repeated after a pause."""

    retryable = True


class Throttled(NotProcessed):
    """Too many requests (429)."""

    status = 503
    remedy = "Send the event again later, or fewer events at once."


class Unreachable(NotProcessed):
    """No connection was made, or a question was left without an answer."""

    remedy = (
        "Check the service's endpoint and region, the function's network and proxy, "
        "and the service's own state, and send the event again."
    )


class Busy(NotProcessed):
    """The listener or its logtank is still being built or removed (GA.9004)."""

    status = 503
    remedy = "Send the event again once the listener is in status ACTIVE."


class MaybeProcessed(ProvisioningError):
    """It may have happened or not; a create is repeated only after a look."""

    retryable = True
    remedy = "Send the event again: what was made already is found and kept."


class ServiceFailed(MaybeProcessed):
    """The service failed inside (5xx, LTS.0202, LTS.0010, GA.92xx)."""


class OutcomeUnknown(MaybeProcessed):
    """A create was sent and its answer never came (also 408)."""

    status = 504


class UnintelligibleReply(MaybeProcessed):
    """A success that does not say what was made, or that carries an error's code."""
