"""The table of settings: name, parser, meaning and default of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from functions.settings import parsers


class Setting(NamedTuple):
    """One row of the table.

    `parse` takes the text; `default` is a parsed value. `field` names its field in
    `Settings`, empty if it is only used to make other fields. `is_verbatim` is whether
    white space around the value belongs to it.
    """

    name: str
    parse: Callable[[str], object]
    meaning: str
    default: object = None
    field: str = ""
    is_verbatim: bool = False


TABLE = (
    Setting(
        "HUAWEICLOUD_REGION",
        parsers.region,
        "region of LTS, such as `cn-north-4`; determines the endpoints of LTS and IAM",
        field="region",
    ),
    Setting(
        "HUAWEICLOUD_LTS_ENDPOINT",
        parsers.endpoint,
        "endpoint of LTS, instead of the region's",
    ),
    Setting(
        "HUAWEICLOUD_GA_ENDPOINT",
        parsers.endpoint,
        "endpoint of Global Accelerator",
        "https://ga.myhuaweicloud.com",
    ),
    Setting(
        "HUAWEICLOUD_IAM_ENDPOINT",
        parsers.endpoint,
        "endpoint of IAM, instead of the region's and the global endpoint",
    ),
    Setting(
        "HUAWEICLOUD_SDK_PROJECT_ID",
        parsers.identifier,
        "project of the log group, if the event names none; looked up if not set",
        field="project_id",
    ),
    Setting(
        "HUAWEICLOUD_SDK_DOMAIN_ID",
        parsers.identifier,
        "account ID, sent to GA instead of the project ID",
        field="domain_id",
    ),
    Setting("HUAWEICLOUD_AUTH_TOKEN", parsers.header, "project-scoped token"),
    Setting(
        "HUAWEICLOUD_GA_AUTH_TOKEN",
        parsers.header,
        "domain-scoped token for GA; by default `HUAWEICLOUD_AUTH_TOKEN`",
    ),
    Setting("HUAWEICLOUD_SDK_AK", parsers.header, "access key for signed requests"),
    Setting("HUAWEICLOUD_SDK_SK", parsers.header, "secret key of that access key"),
    Setting(
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        parsers.header,
        "security token of that access key, if it is temporary",
    ),
    Setting(
        "CLOUD_SDK_AK",
        parsers.header,
        "alternative name for `HUAWEICLOUD_SDK_AK`, used in the API docs",
    ),
    Setting(
        "CLOUD_SDK_SK", parsers.header, "alternative name for `HUAWEICLOUD_SDK_SK`"
    ),
    Setting(
        "HUAWEICLOUD_IAM_DOMAIN",
        parsers.text,
        "account name of the IAM user for whom tokens are requested",
    ),
    Setting("HUAWEICLOUD_IAM_USER", parsers.text, "name of the IAM user"),
    Setting(
        "HUAWEICLOUD_IAM_PASSWORD",
        parsers.secret,
        "password of the IAM user",
        is_verbatim=True,
    ),
    Setting(
        "HUAWEICLOUD_SECRET_ARN",
        parsers.text,
        "on AWS, a secret in Secrets Manager that holds any of these settings as JSON; "
        "the environment takes precedence",
    ),
    Setting(
        "LOG_GROUP_ID",
        parsers.identifier,
        "ID of the log group, if the event names none",
        field="log_group_id",
    ),
    Setting(
        "LOG_GROUP_NAME",
        parsers.label,
        "name of the log group, instead of its ID; a missing group is created. Not for "
        "`create_logtank`",
        field="log_group_name",
    ),
    Setting(
        "LOG_GROUP_TTL_IN_DAYS",
        parsers.integer(1, 365),
        "retention of a log group that is created by its name; by default 30 days",
        field="log_group_ttl_in_days",
    ),
    Setting(
        "LOG_STREAM_NAME",
        parsers.name_template,
        "log stream, if the event names none; `{resource_id}` is replaced by the "
        "listener's ID. By default `ga-{resource_id}`, except for `create_log_stream`",
        field="log_stream_name",
    ),
    Setting(
        "LOG_STREAMS_PER_GROUP",
        parsers.integer(1, 100_000),
        "how many streams a log group may hold (its quota), for `reconcile`",
        100,
        field="log_streams_per_group",
    ),
    Setting(
        "RETRY_ATTEMPTS",
        parsers.integer(1, 100),
        "attempts per call, including the first; not counting throttled ones (429)",
        4,
        field="retry_attempts",
    ),
    Setting(
        "RETRY_BASE_SECONDS",
        parsers.seconds(0.001, 60),
        "upper limit of the first (random) pause; doubles with every retry",
        0.2,
        field="retry_base_seconds",
    ),
    Setting(
        "RETRY_CAP_SECONDS",
        parsers.seconds(0.001, 300),
        "upper limit of every pause, except one that a service asks for",
        5.0,
        field="retry_cap_seconds",
    ),
    Setting(
        "HTTP_TIMEOUT_SECONDS",
        parsers.seconds(0.05, 300),
        "time limit for one call, including connecting and reading the reply",
        10.0,
        field="http_timeout_seconds",
    ),
    Setting(
        "HTTP_RESPONSE_SECONDS",
        parsers.seconds(1, 900),
        "time limit for the work on one HTTP event; gateways give up after about 30 s",
        25.0,
        field="http_response_seconds",
    ),
    Setting(
        "MAX_CONCURRENCY",
        parsers.integer(1, 64),
        "how many requests of one event are processed in parallel",
        8,
        field="max_concurrency",
    ),
    Setting(
        "WEBHOOK_AUTH",
        parsers.one_of("signature", "platform"),
        "how HTTP requests are authenticated: by their `signature`, or by the gateway "
        "of the `platform`",
        "signature",
        field="webhook_auth",
    ),
    Setting(
        "WEBHOOK_SECRETS",
        parsers.webhook_secrets,
        "secrets (`whsec_...`) that HTTP requests may be signed with, separated by "
        "spaces",
        (),
        field="webhook_secrets",
    ),
    Setting(
        "LOG_LEVEL",
        parsers.level,
        "lowest level that is logged",
        "INFO",
        field="log_level",
    ),
)
