# Serverless functions on FunctionGraph that give Huawei Cloud Global Accelerator listeners
# their access logs. Run `make build`, then `terraform apply` with the variables below.

terraform {
  required_version = ">= 1.3"
  required_providers {
    huaweicloud = {
      source = "huaweicloud/huaweicloud" # with the arguments of August 2026
    }
  }
}

variable "region" {
  description = "Region of the functions and of LTS; GA delivers logs only to cn-north-4 and ap-southeast-3."
  type        = string
  default     = "cn-north-4"
}

variable "bundle" {
  description = "Path of the archive that `make build` creates."
  type        = string
  default     = "build/bundle.zip"
}

variable "name" {
  description = "Prefix of the names of all resources."
  type        = string
  default     = "ga-access-log"
}

variable "log_group_id" {
  description = "ID of the log group for events that name none; required for timer_listener and audit_trail."
  type        = string
  default     = ""
}

variable "log_stream_name" {
  description = "Name of the log stream for events that name none; may be empty."
  type        = string
  default     = ""
}

variable "project_id" {
  description = "Project ID of the log group; empty for the functions' own project."
  type        = string
  default     = ""
}

variable "domain_id" {
  description = "Account ID, sent to GA instead of the project ID; may be empty."
  type        = string
  default     = ""
}

variable "lts_endpoint" {
  description = "Endpoint of LTS, instead of the region's; empty by default."
  type        = string
  default     = ""
}

variable "ga_endpoint" {
  description = "Endpoint of Global Accelerator, instead of the public one; empty by default."
  type        = string
  default     = ""
}

variable "iam_endpoint" {
  description = "Endpoint of IAM, instead of the region's and the global one; empty by default."
  type        = string
  default     = ""
}

variable "log_level" {
  description = "Lowest level that is logged: DEBUG, INFO, WARNING or ERROR."
  type        = string
  default     = "INFO"
}

variable "webhook_secrets" {
  description = "Secrets that sign webhooks: one or more whsec_..., separated by spaces."
  type        = string
  default     = ""
  sensitive   = true
}

variable "lts_roles" {
  description = "Roles or policies, granted in the project, that allow the functions to create and list log streams."
  type        = set(string)
  default     = ["LTS FullAccess"]
}

variable "ga_roles" {
  description = "Roles or policies, granted in the whole account, that allow the functions to create, list, show and delete logtanks."
  type        = set(string)
  default     = ["GA FullAccess"]
}

variable "topic_roles" {
  description = "Roles or policies, granted in the project if a topic is set below, that allow FunctionGraph to use it."
  type        = set(string)
  default     = ["SMN FullAccess"]
}

variable "more_roles" {
  description = "Additional roles or policies, granted in the project, in case CTS or EventGrid require any; their documentation names none."
  type        = set(string)
  default     = []
}

variable "failure_topic_urn" {
  description = "URN of the SMN topic that receives events that exhausted their retries; empty for none."
  type        = string
  default     = ""
}

variable "own_log_group_id" {
  description = "ID of the log group for the functions' own log lines; empty for none."
  type        = string
  default     = ""
}

variable "own_log_stream_id" {
  description = "ID of the log stream in own_log_group_id."
  type        = string
  default     = ""
}

variable "timer" {
  description = "How often to run bootstrap for timer_listener: a rate, such as 1d."
  type        = string
  default     = "1d"
}

variable "timer_listener" {
  description = "ID of the listener that the timer runs bootstrap for; empty for no timer."
  type        = string
  default     = ""
}

variable "smn_topic_urn" {
  description = "URN of the SMN topic whose messages are requests; empty for none."
  type        = string
  default     = ""
}

variable "audit_trail" {
  description = "Whether every new listener gets its access log; requires a CTS tracker in this region."
  type        = bool
  default     = false
}

variable "apig_group" {
  description = "API group in APIG that receives webhooks; null for none. instance_id is the ID of a dedicated gateway."
  type = object({
    instance_id = string
    group_id    = string
    env_id      = string
    sl_domain   = string
  })
  default = null
}

variable "eventgrid" {
  description = "EventGrid channel and source whose events contain a request or a CTS trace in their data; null for none."
  type = object({
    channel_id   = string
    channel_name = string
    source_name  = string
    event_types  = list(string)
    agency       = optional(string) # the functions' own by default
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
      description = "Creates a log stream, and a logtank that ships a listener's log into it, unless they exist."
    }
    create_log_stream = {
      handler     = "create_log_stream.handler"
      description = "Creates a log stream unless it exists."
    }
    create_logtank = {
      handler     = "create_logtank.handler"
      description = "Creates a logtank unless it exists."
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
    HTTP_RESPONSE_SECONDS      = "25"
    MAX_CONCURRENCY            = "8"
    WEBHOOK_AUTH               = "signature"
    LOG_LEVEL                  = var.log_level
  }

  eventgrid_agency = coalesce(try(var.eventgrid.agency, null), huaweicloud_identity_agency.this.name)

  secrets = {
    WEBHOOK_SECRETS = var.webhook_secrets
  }
}

# The functions' permissions: they use the temporary keys of this agency.
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
      error_message = "own_log_group_id and own_log_stream_id must be set together."
    }
  }
}

# For asynchronous invocations: timer, SMN, audit trail.
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
      error_message = "timer_listener requires log_group_id, because the timer's events name only the listener."
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
      error_message = "audit_trail requires log_group_id, because a trace names only the listener."
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
    func_info    = { timeout = 60000 } # milliseconds; the default is 5 seconds
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
    ignore_changes = [event_data] # the service does not return all of it
  }
}

output "urns" {
  description = "URNs of the functions, for direct calls."
  value       = { for name, made in huaweicloud_fgs_function.this : name => made.urn }
}
