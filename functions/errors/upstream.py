"""Errors from calling the clouds: refusals, failures, and missing replies."""

from __future__ import annotations

from functions.errors.family import ProvisioningError


class Refused(ProvisioningError):
    """The cloud refused; the same call would get the same reply."""


class AuthenticationFailed(Refused):
    """The cloud does not accept the credential (401, LTS.0003, APIGW.0301)."""

    remedy = (
        "Check the function's keys, token or password: it is wrong, expired, or of the "
        "wrong scope (LTS needs a project-scoped token, GA a domain-scoped one)."
    )


class PermissionDenied(Refused):
    """The credential is valid but lacks a permission (403)."""

    remedy = (
        "Grant the credential the permissions in functions/README.md, in the project "
        "and domain that it is used in."
    )


class InvalidProject(Refused):
    """The project does not exist or is not the credential's (LTS.0001, LTS.0011)."""

    remedy = (
        "Set HUAWEICLOUD_SDK_PROJECT_ID, or the event's project_id, to the project "
        "of the credential in the region of the log group."
    )


class InvalidRequest(Refused):
    """The cloud finds the request invalid (400, LTS.0009, GA.9001)."""

    remedy = "Correct what the cloud's message names and send the event again."


class Redirected(Refused):
    """The endpoint redirects, and redirects are never followed."""

    remedy = (
        "Set the endpoint of the service to the address of its API: what answers "
        "there now is something else, such as a console or a proxy's login page."
    )


class ProxyRefused(Refused):
    """A proxy refuses to connect to the service (407, 403)."""

    remedy = (
        "Correct the user and password in the proxy's URL (HTTPS_PROXY), allow the "
        "proxy to reach the service's endpoint, or exempt the endpoint with NO_PROXY."
    )


class NotFound(Refused):
    """Something that the request names does not exist (404, LTS.0201, GA.9002)."""

    status = 404
    remedy = "Create what the cloud's message names, or correct its ID in the event."

    @property
    def is_from_service(self) -> bool:
        """Whether the service itself replied, and not its gateway."""
        return self.code.startswith(f"{self.service}.")


class AlreadyExists(Refused):
    """The name is taken by something else (LTS.0205, GA.9104)."""

    status = 409
    remedy = (
        "Choose another log_stream_name or alias: a stream in another log group, or "
        "with another name, has taken it."
    )


class QuotaExceeded(Refused):
    """A quota is exhausted (LTS.0206, GA.9103)."""

    status = 409
    remedy = (
        "Delete what is no longer needed, or request a higher quota through a support "
        "ticket."
    )


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
    """The call had no effect; it is repeated after a pause."""

    retryable = True


class Throttled(NotProcessed):
    """Too many requests (429)."""

    status = 503
    remedy = "Send the event again later, or fewer events at once."


class Unreachable(NotProcessed):
    """No connection was made, or a call that changes nothing got no reply."""

    remedy = (
        "Check the service's endpoint and region, the function's network and proxy, "
        "and the state of the service, and send the event again."
    )


class Busy(NotProcessed):
    """The listener or its logtank is still being created or deleted (GA.9004)."""

    status = 503
    remedy = "Send the event again once the listener is in status ACTIVE."


class MaybeProcessed(ProvisioningError):
    """The call may have taken effect; a create is repeated only after a lookup."""

    retryable = True
    remedy = "Send the event again: what exists already is found and used."


class ServiceFailed(MaybeProcessed):
    """An internal error of the service (5xx, LTS.0202, LTS.0010, GA.92xx)."""


class OutcomeUnknown(MaybeProcessed):
    """A create was sent and got no reply (or 408)."""

    status = 504


class UnintelligibleReply(MaybeProcessed):
    """A successful reply that lacks the expected data, or contains an error code."""
