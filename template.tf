# Functions that give a listener of Huawei Cloud Global Accelerator its access log, on
# FunctionGraph. `make build` first; then `terraform apply`, with the variables below.

terraform {
  required_version = ">= 1.3"
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud" # its arguments are those of August 2026
    }
  }
}

variable "region" {
  description = "Region of the functions, and of LTS: GA delivers logs to cn-north-4 and ap-southeast-3."
  type        = string
  default     = "cn-north-4"
}

variable "bundle" {
  description = "Path of the archive that `make build` makes."
  type        = string
  default     = "build/bundle.zip"
}

variable "name" {
  description = "What every name here begins with."
  type        = string
  default     = "ga-access-log"
}

variable "log_group_id" {
  description = "ID of the log group of events that name none; a timer and the audit trail need it."
  type        = string
  default     = ""
}

variable "log_stream_name" {
  description = "Name of the log stream of events that name none; may be empty."
  type        = string
  default     = ""
}

variable "project_id" {
  description = "ID of the project of the log group; empty for the functions' own."
  type        = string
  default     = ""
}

variable "domain_id" {
  description = "ID of the account, told to GA in place of the project; may be empty."
  type        = string
  default     = ""
}

variable "lts_endpoint" {
  description = "Address of LTS, in place of the region's; empty as a rule."
  type        = string
  default     = ""
}

variable "ga_endpoint" {
  description = "Address of Global Accelerator, in place of the usual one; empty as a rule."
  type        = string
  default     = ""
}

variable "iam_endpoint" {
  description = "Address of IAM, in place of the usual ones; empty as a rule."
  type        = string
  default     = ""
}

variable "log_level" {
  description = "Least level that is logged: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
}

variable "webhook_secrets" {
  description = "What webhooks are signed with: one or more whsec_..., with spaces between them."
  type        = string
  default     = ""
  sensitive   = true
}

variable "lts_roles" {
  description = "Roles or policies that let the functions create and list log streams, in the project."
  type        = set(string)
  default     = ["LTS FullAccess"]
}

variable "ga_roles" {
  description = "Roles or policies that let the functions create, list, show and delete logtanks, in all of the account."
  type        = set(string)
  default     = ["GA FullAccess"]
}

variable "topic_roles" {
  description = "Roles or policies that let FunctionGraph use the topics below, in the project; given only if there is one."
  type        = set(string)
  default     = ["SMN FullAccess"]
}

variable "more_roles" {
  description = "Roles or policies that CTS or EventGrid turn out to need, in the project; their documents name none."
  type        = set(string)
  default     = []
}

variable "failure_topic_urn" {
  description = "SMN topic that is told of every event that was given up on; empty for none."
  type        = string
  default     = ""
}

variable "own_log_group_id" {
  description = "ID of the log group that takes the functions' own log lines; empty for none."
  type        = string
  default     = ""
}

variable "own_log_stream_id" {
  description = "ID of the log stream in own_log_group_id."
  type        = string
  default     = ""
}

variable "timer" {
  description = "When to make sure of timer_listener's access log: a rate, such as 1d."
  type        = string
  default     = "1d"
}

variable "timer_listener" {
  description = "ID of the listener that the timer makes sure of; empty for no timer."
  type        = string
  default     = ""
}

variable "smn_topic_urn" {
  description = "SMN topic whose messages are requests; empty for none."
  type        = string
  default     = ""
}

variable "audit_trail" {
  description = "Whether every listener that is created gets its access log; needs a CTS tracker in this region."
  type        = bool
  default     = false
}

variable "apig_group" {
  description = "API group of APIG that takes webhooks; null for none. instance_id is of a dedicated gateway."
  type = object({
    instance_id = string
    group_id    = string
    env_id      = string
    sl_domain   = string
  })
  default = null
}

variable "eventgrid" {
  description = "Channel and source of EventGrid whose events hold a request, or a trace of CTS, in their data; null for none."
  type = object({
    channel_id   = string
    channel_name = string
    source_name  = string
    event_types  = list(string)
    agency       = optional(string) # the functions' own if left out
  })
  default = null
}

provider "huaweicloud" {
  region = var.region
}

locals {
  has_topic = var.failure_topic_urn != "" || var.smn_topic_urn != ""

  functions = {
    bootstrap = {
      handler     = "bootstrap.handler"
      description = "Makes sure of a log stream and of the logtank that ships a listener's log into it."
    }
    create_log_stream = {
      handler     = "create_log_stream.handler"
      description = "Makes sure of a log stream."
    }
    create_logtank = {
      handler     = "create_logtank.handler"
      description = "Makes sure of a logtank."
    }
  }

  settings = {
    HUAWEICLOUD_REGION         = var.region
    HUAWEICLOUD_LTS_ENDPOINT   = var.lts_endpoint
    HUAWEICLOUD_GA_ENDPOINT    = var.ga_endpoint
    HUAWEICLOUD_IAM_ENDPOINT   = var.iam_endpoint
    HUAWEICLOUD_SDK_PROJECT_ID = var.project_id
    HUAWEICLOUD_SDK_DOMAIN_ID  = var.domain_id
    LOG_GROUP_ID               = var.log_group_id
    LOG_STREAM_NAME            = var.log_stream_name
    RETRY_ATTEMPTS             = "4"
    RETRY_BASE_SECONDS         = "0.2"
    RETRY_CAP_SECONDS          = "5"
    HTTP_TIMEOUT_SECONDS       = "10"
    MAX_CONCURRENCY            = "8"
    WEBHOOK_AUTH               = "signature"
    LOG_LEVEL                  = var.log_level
  }

  eventgrid_agency = coalesce(try(var.eventgrid.agency, null), huaweicloud_identity_agency.this.name)

  secrets = {
    WEBHOOK_SECRETS = var.webhook_secrets
  }
}

# What the functions may do, by the temporary keys of their agency.
resource "huaweicloud_identity_agency" "this" {
  name                  = var.name
  description           = "Creates log streams and logtanks for GA listeners."
  delegated_domain_name = "op_svc_cff"
  all_resources_roles   = var.ga_roles

  project_role {
    project = var.region
    roles   = setunion(var.lts_roles, var.more_roles, local.has_topic ? var.topic_roles : [])
  }
}

resource "huaweicloud_fgs_function" "this" {
  for_each = local.functions

  name                  = "${var.name}-${replace(each.key, "_", "-")}"
  app                   = "default"
  description           = each.value.description
  handler               = each.value.handler
  runtime               = "Python3.12"
  functiongraph_version = "v2"
  memory_size           = 512
  timeout               = 60
  max_instance_num      = "5"
  agency                = huaweicloud_identity_agency.this.name
  app_agency            = huaweicloud_identity_agency.this.name

  code_type     = "zip"
  code_filename = "bundle.zip"
  func_code     = filebase64(var.bundle)

  user_data           = jsonencode({ for name, value in local.settings : name => value if value != "" })
  encrypted_user_data = var.webhook_secrets != "" ? jsonencode(local.secrets) : null

  enable_lts_log = var.own_log_group_id != ""
  log_group_id   = var.own_log_group_id != "" ? var.own_log_group_id : null
  log_stream_id  = var.own_log_group_id != "" ? var.own_log_stream_id : null

  lifecycle {
    precondition {
      condition     = (var.own_log_group_id == "") == (var.own_log_stream_id == "")
      error_message = "own_log_group_id and own_log_stream_id go together."
    }
  }
}

# Of calls whose sender does not wait: timer, SMN, audit trail.
resource "huaweicloud_fgs_async_invoke_configuration" "this" {
  for_each = huaweicloud_fgs_function.this

  function_urn                   = each.value.urn
  max_async_event_age_in_seconds = 3600
  max_async_retry_attempts       = 2
  enable_async_status_log        = var.own_log_group_id != ""

  dynamic "on_failure" {
    for_each = var.failure_topic_urn != "" ? [var.failure_topic_urn] : []

    content {
      destination = "SMN"
      param       = jsonencode({ topic_urn = on_failure.value })
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "timer" {
  count = var.timer_listener != "" ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["bootstrap"].urn
  type         = "TIMER"
  status       = "ACTIVE"
  event_data = jsonencode({
    name          = "regularly"
    schedule_type = "Rate"
    schedule      = var.timer
    user_event    = jsonencode({ resource_id = var.timer_listener })
  })

  lifecycle {
    precondition {
      condition     = var.log_group_id != ""
      error_message = "timer_listener needs log_group_id, which completes its events."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "smn" {
  count = var.smn_topic_urn != "" ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["bootstrap"].urn
  type         = "SMN"
  status       = "ACTIVE"
  event_data   = jsonencode({ topic_urn = var.smn_topic_urn })
}

resource "huaweicloud_fgs_function_trigger" "audit_trail" {
  count = var.audit_trail ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["bootstrap"].urn
  type         = "CTS"
  status       = "ACTIVE"
  event_data = jsonencode({
    name       = "ga_listener_created"
    operations = ["GA:listener:createListener"]
  })

  lifecycle {
    precondition {
      condition     = var.log_group_id != ""
      error_message = "audit_trail needs log_group_id, which completes its events."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "apig" {
  for_each = var.apig_group == null ? {} : local.functions

  function_urn = huaweicloud_fgs_function.this[each.key].urn
  type         = "DEDICATEDGATEWAY"
  status       = "ACTIVE"
  event_data = jsonencode({
    name         = "${replace(var.name, "-", "_")}_${each.key}"
    type         = 1
    path         = "/${each.key}"
    protocol     = "HTTPS"
    req_method   = "POST"
    match_mode   = "NORMAL"
    auth         = "NONE" # the function checks the sender's signature
    backend_type = "FUNCTION"
    group_id     = var.apig_group.group_id
    env_id       = var.apig_group.env_id
    env_name     = "RELEASE"
    sl_domain    = var.apig_group.sl_domain
    instance_id  = var.apig_group.instance_id
    func_info    = { timeout = 60000 } # milliseconds; left out, it would be 5 seconds
  })
}

resource "huaweicloud_fgs_function_trigger" "eventgrid" {
  count = var.eventgrid == null ? 0 : 1

  function_urn                   = huaweicloud_fgs_function.this["bootstrap"].urn
  type                           = "EVENTGRID"
  status                         = "ACTIVE"
  cascade_delete_eg_subscription = true
  event_data                     = jsonencode(merge(var.eventgrid, { trigger_name = var.name, agency = local.eventgrid_agency }))

  lifecycle {
    ignore_changes = [event_data] # the service does not give back all of it
  }
}

output "urns" {
  description = "URNs of the functions, for direct calls."
  value       = { for name, made in huaweicloud_fgs_function.this : name => made.urn }
}
