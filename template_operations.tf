# Part of template.tf: the functions' own logs, failed events and alarms.

variable "failure_bucket" {
  description = "OBS bucket in the functions' region for events that exhausted their retries; empty for one that is created."
  type        = string
  default     = ""
}

variable "failure_topic_urn" {
  description = "URN of the SMN topic that receives these events instead; without a subscription it keeps nothing."
  type        = string
  default     = ""
}

variable "failures_kept_days" {
  description = "After how many days a failed event in the bucket expires, 1 to 365; 0 for never."
  type        = number
  default     = 30
}

variable "own_logs" {
  description = "Whether the functions' own log lines are kept in LTS, in the functions' region."
  type        = bool
  default     = true
}

variable "own_log_group_id" {
  description = "ID of the log group for them; empty for one that is created, with a log stream for each function."
  type        = string
  default     = ""
}

variable "own_log_stream_id" {
  description = "ID of the log stream in own_log_group_id."
  type        = string
  default     = ""
}

variable "own_logs_kept_days" {
  description = "Retention of the log group that is created for them, 1 to 365 days."
  type        = number
  default     = 30
}

variable "alarms" {
  description = "Whether Cloud Eye watches each function for errors and throttling, and LTS the lines of a scheduled reconcile for warnings."
  type        = bool
  default     = true
}

variable "alarm_topic_urn" {
  description = "URN of the SMN topic that Cloud Eye notifies; empty for alarms that are only shown in its console."
  type        = string
  default     = ""
}

variable "alarm_action_rule" {
  description = "Name of the alarm action rule by which LTS notifies; empty for alarms that are only shown in its console."
  type        = string
  default     = ""
}

locals {
  creates_logs   = var.own_logs && var.own_log_group_id == ""
  creates_bucket = var.failure_topic_urn == "" && var.failure_bucket == ""

  own_log_group_id = !var.own_logs ? null : local.creates_logs ? huaweicloud_lts_group.own[0].id : var.own_log_group_id
  own_log_stream_ids = {
    for name in keys(local.functions) :
    name => local.creates_logs ? huaweicloud_lts_stream.own[name].id : var.own_log_stream_id if var.own_logs
  }

  failure_bucket = local.creates_bucket ? huaweicloud_obs_bucket.failures[0].bucket : var.failure_bucket
  failure_destinations = {
    for name in keys(local.functions) : name => var.failure_topic_urn != "" ? {
      kind  = "SMN"
      param = jsonencode({ topic_urn = var.failure_topic_urn })
      } : {
      kind  = "OBS"
      param = jsonencode({ bucket = local.failure_bucket, prefix = name, expires = var.failures_kept_days })
    }
  }

  functions_url = "https://functiongraph.${var.region}.myhuaweicloud.com/v2/$PROJECT_ID/fgs/functions"
  headers       = "-H \"X-Auth-Token: $TOKEN\" -H 'Content-Type: application/json'"
}

resource "huaweicloud_lts_group" "own" {
  count = local.creates_logs ? 1 : 0

  group_name  = "${var.name}-functions"
  ttl_in_days = var.own_logs_kept_days
}

resource "huaweicloud_lts_stream" "own" {
  for_each = local.creates_logs ? local.functions : {}

  group_id    = huaweicloud_lts_group.own[0].id
  stream_name = replace(each.key, "_", "-")
}

# Names of buckets are unique among all accounts.
resource "terraform_data" "bucket_suffix" {
  count = local.creates_bucket ? 1 : 0
}

resource "huaweicloud_obs_bucket" "failures" {
  count = local.creates_bucket ? 1 : 0

  bucket = "${var.name}-failures-${substr(terraform_data.bucket_suffix[0].id, 0, 8)}"
  acl    = "private"
}

# For asynchronous invocations: timer, SMN, audit trail.
resource "huaweicloud_fgs_async_invoke_configuration" "this" {
  for_each = huaweicloud_fgs_function.this

  function_urn                   = each.value.urn
  max_async_event_age_in_seconds = 3600
  max_async_retry_attempts       = 2
  enable_async_status_log        = var.own_logs

  on_failure {
    destination = local.failure_destinations[each.key].kind
    param       = local.failure_destinations[each.key].param
  }

  lifecycle {
    precondition { # each failed event would be sent to a function as a new one, and fail again
      condition     = var.failure_topic_urn == "" || var.failure_topic_urn != var.smn_topic_urn
      error_message = "failure_topic_urn must not be the topic of the trigger, smn_topic_urn."
    }
    precondition {
      condition     = var.failure_topic_urn == "" || var.failure_bucket == ""
      error_message = "failure_topic_urn and failure_bucket must not both be set."
    }
  }
}

resource "huaweicloud_ces_alarmrule" "this" {
  for_each = var.alarms ? huaweicloud_fgs_function.this : {}

  alarm_name           = each.value.name
  alarm_description    = "Events that failed or were throttled."
  alarm_action_enabled = var.alarm_topic_urn != ""

  metric {
    namespace = "SYS.FunctionGraph"
  }
  resources {
    dimensions {
      name  = "package-functionname"
      value = "default-${each.value.name}"
    }
  }

  dynamic "condition" {
    for_each = ["failcount", "rejectcount"]

    content {
      metric_name         = condition.value
      period              = 300
      filter              = "sum"
      comparison_operator = ">="
      value               = 1
      count               = 1
    }
  }
  dynamic "alarm_actions" {
    for_each = var.alarm_topic_urn != "" ? [var.alarm_topic_urn] : []

    content {
      type              = "notification"
      notification_list = [alarm_actions.value]
    }
  }
}

# The last line of a reconcile is a WARNING if something was planned but not done.
resource "huaweicloud_lts_keywords_alarm_rule" "plan" {
  count = var.alarms && local.creates_logs && var.reconcile_schedule != "" ? 1 : 0

  name                   = "${var.name}-reconcile"
  description            = "A scheduled reconcile planned what it did not do, or skipped listeners."
  alarm_level            = "MINOR"
  send_notifications     = var.alarm_action_rule != ""
  alarm_action_rule_name = var.alarm_action_rule != "" ? var.alarm_action_rule : null

  keywords_requests {
    keywords               = "WARNING"
    condition              = ">="
    number                 = 1
    log_group_id           = local.own_log_group_id
    log_stream_id          = local.own_log_stream_ids["reconcile"]
    search_time_range      = 1
    search_time_range_unit = "hour"
  }
  frequency {
    type = "HOURLY"
  }
}

# The provider does not tell how large the uploaded code is, so no check block can.
output "check_code" {
  description = "Command that prints the size of each function's uploaded code, and fails if there is none."
  value = join(" ", [
    "(for urn in ${join(" ", [for made in huaweicloud_fgs_function.this : made.urn])}; do",
    "curl -sSf \"${local.functions_url}/$urn/config\" ${local.headers} |",
    "grep -oE '\"code_size\": ?[1-9][0-9]*' || { echo \"$urn has no code\"; exit 1; }; done)",
  ])
}

output "resend" {
  description = "For each function, the two commands that send its failed events to it again: the first gets them, the second sends them."
  value = var.failure_topic_urn != "" ? {} : {
    for name, made in huaweicloud_fgs_function.this : name => [
      "obsutil cp obs://${local.failure_bucket}/${name} failures/${name} -r -f",
      "find failures/${name} -type f -exec curl -sSf \"${local.functions_url}/${made.urn}/invocations\" ${local.headers} --data-binary @{} ';'",
    ]
  }
}
