"""Every setting: its name, how it is parsed, what it means, and its default."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from functions.settings import parsers


class Setting(NamedTuple):
    """One row of the table.

    `parse` takes the text; `default` is a value as it would be parsed. `field` is its
    place in `Settings`, empty if it is only a part of something there.
    """

    name: str
    parse: Callable[[str], object]
    meaning: str
    default: object = None
    field: str = ""


TABLE = (
    Setting(
        "HUAWEICLOUD_REGION",
        parsers.region,
        "region of LTS, such as `cn-north-4`; gives the endpoints of LTS and IAM",
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
        "endpoint of IAM, instead of the region's and the global one",
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
    Setting("HUAWEICLOUD_SDK_SK", parsers.header, "its secret key"),
    Setting(
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        parsers.header,
        "its security token, if the key is temporary",
    ),
    Setting("CLOUD_SDK_AK", parsers.header, "access key, as the API pages name it"),
    Setting("CLOUD_SDK_SK", parsers.header, "its secret key"),
    Setting(
        "HUAWEICLOUD_IAM_DOMAIN", parsers.text, "account of an IAM user; gets tokens"
    ),
    Setting("HUAWEICLOUD_IAM_USER", parsers.text, "name of the IAM user"),
    Setting("HUAWEICLOUD_IAM_PASSWORD", parsers.secret, "password of the IAM user"),
    Setting(
        "HUAWEICLOUD_SECRET_ARN",
        parsers.text,
        "on AWS, a secret in Secrets Manager that holds any of these settings as JSON; "
        "the environment takes precedence",
    ),
    Setting(
        "LOG_GROUP_ID",
        parsers.identifier,
        "log group, if the event names none",
        field="log_group_id",
    ),
    Setting(
        "LOG_STREAM_NAME",
        parsers.name_template,
        "log stream, if the event names none; `{resource_id}` stands for the "
        "listener's ID. The default is for `bootstrap` only: `ga-{resource_id}`",
        field="log_stream_name",
    ),
    Setting(
        "RETRY_ATTEMPTS",
        parsers.integer(1, 100),
        "attempts per call, including the first",
        4,
        field="retry_attempts",
    ),
    Setting(
        "RETRY_BASE_SECONDS",
        parsers.seconds(0.001, 60),
        "longest first pause; the limit doubles with each further pause",
        0.2,
        field="retry_base_seconds",
    ),
    Setting(
        "RETRY_CAP_SECONDS",
        parsers.seconds(0.001, 300),
        "longest pause",
        5.0,
        field="retry_cap_seconds",
    ),
    Setting(
        "HTTP_TIMEOUT_SECONDS",
        parsers.seconds(0.05, 300),
        "longest duration of one call, from its first byte to its last",
        10.0,
        field="http_timeout_seconds",
    ),
    Setting(
        "MAX_CONCURRENCY",
        parsers.integer(1, 64),
        "requests of one event that are processed in parallel",
        8,
        field="max_concurrency",
    ),
    Setting(
        "WEBHOOK_AUTH",
        parsers.one_of("signature", "platform"),
        "how HTTP requests are authenticated: by their `signature`, or by the "
        "`platform`'s gateway",
        "signature",
        field="webhook_auth",
    ),
    Setting(
        "WEBHOOK_SECRETS",
        parsers.webhook_secrets,
        "secrets that sign HTTP requests: one or more `whsec_...` with spaces between",
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
