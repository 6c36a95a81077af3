"""Every setting there is: its name, its kind, what it means, its default."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from functions.settings import parsers as kinds


class Setting(NamedTuple):
    """One row of the table.

    `read` takes the text; `default` is a value as it would be read. `field` is where
    in `Settings` it goes, empty if it is but a part of something there.
    """

    name: str
    read: Callable[[str], object]
    meaning: str
    default: object = None
    field: str = ""


TABLE = (
    Setting(
        "HUAWEICLOUD_REGION",
        kinds.region,
        "region of LTS, such as `cn-north-4`; gives the endpoints of LTS and IAM",
        field="region",
    ),
    Setting(
        "HUAWEICLOUD_LTS_ENDPOINT",
        kinds.endpoint,
        "address of LTS, in place of the region's",
    ),
    Setting(
        "HUAWEICLOUD_GA_ENDPOINT",
        kinds.endpoint,
        "address of Global Accelerator",
        "https://ga.myhuaweicloud.com",
    ),
    Setting(
        "HUAWEICLOUD_IAM_ENDPOINT",
        kinds.endpoint,
        "address of IAM, in place of the region's and of the global one",
    ),
    Setting(
        "HUAWEICLOUD_SDK_PROJECT_ID",
        kinds.identifier,
        "project of the log group, where the event names none; asked for if not set",
        field="project_id",
    ),
    Setting(
        "HUAWEICLOUD_SDK_DOMAIN_ID",
        kinds.identifier,
        "account, told to GA in place of the project",
        field="domain_id",
    ),
    Setting("HUAWEICLOUD_AUTH_TOKEN", kinds.header, "token of the project's scope"),
    Setting(
        "HUAWEICLOUD_GA_AUTH_TOKEN",
        kinds.header,
        "token of the domain's scope, for GA; the other one if not set",
    ),
    Setting("HUAWEICLOUD_SDK_AK", kinds.header, "access key; requests are signed"),
    Setting("HUAWEICLOUD_SDK_SK", kinds.header, "its secret key"),
    Setting(
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        kinds.header,
        "its security token, if the key is a temporary one",
    ),
    Setting("CLOUD_SDK_AK", kinds.header, "access key, as the API pages call it"),
    Setting("CLOUD_SDK_SK", kinds.header, "its secret key"),
    Setting(
        "HUAWEICLOUD_IAM_DOMAIN", kinds.text, "account of the IAM user; gets tokens"
    ),
    Setting("HUAWEICLOUD_IAM_USER", kinds.text, "name of the IAM user"),
    Setting("HUAWEICLOUD_IAM_PASSWORD", kinds.secret, "password of the IAM user"),
    Setting(
        "HUAWEICLOUD_SECRET_ARN",
        kinds.text,
        "on AWS: the secret in Secrets Manager that holds any of these settings, as "
        "JSON; what is set here goes first",
    ),
    Setting(
        "LOG_GROUP_ID",
        kinds.identifier,
        "log group of events that name none",
        field="log_group_id",
    ),
    Setting(
        "LOG_STREAM_NAME",
        kinds.name_template,
        "log stream of events that name none; `{resource_id}` stands for the "
        "listener. `bootstrap` has `ga-{resource_id}` if it is not set",
        field="log_stream_name",
    ),
    Setting(
        "RETRY_ATTEMPTS",
        kinds.whole(1, 100),
        "attempts, the first included",
        4,
        field="retry_attempts",
    ),
    Setting(
        "RETRY_BASE_SECONDS",
        kinds.seconds(0.001, 60),
        "longest first pause; each further one may be twice as long",
        0.2,
        field="retry_base_seconds",
    ),
    Setting(
        "RETRY_CAP_SECONDS",
        kinds.seconds(0.001, 300),
        "longest pause of all",
        5.0,
        field="retry_cap_seconds",
    ),
    Setting(
        "HTTP_TIMEOUT_SECONDS",
        kinds.seconds(0.05, 300),
        "longest time of one call, from its first byte to its last",
        10.0,
        field="http_timeout_seconds",
    ),
    Setting(
        "MAX_CONCURRENCY",
        kinds.whole(1, 64),
        "requests of one event that are worked on side by side",
        8,
        field="max_concurrency",
    ),
    Setting(
        "WEBHOOK_AUTH",
        kinds.one_of("signature", "platform"),
        "who lets HTTP requests in: `signature`, whoever signs them; `platform`, the "
        "gateway's own authoriser",
        "signature",
        field="webhook_auth",
    ),
    Setting(
        "WEBHOOK_SECRETS",
        kinds.webhook_secrets,
        "what HTTP requests are signed with: one or more `whsec_...`, with spaces "
        "between them",
        (),
        field="webhook_secrets",
    ),
    Setting(
        "LOG_LEVEL",
        kinds.level,
        "least level that is logged",
        "INFO",
        field="log_level",
    ),
)
