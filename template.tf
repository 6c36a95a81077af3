# Serverless functions on FunctionGraph that give Huawei Cloud Global Accelerator listeners
# their access logs. Run `make build`, then `terraform apply` with these variables.
# In this order: functions and settings, triggers, permissions, operation (logs, failures, alarms).

terraform {
  required_version = ">= 1.4, < 2.0" # for terraform_data
  required_providers {
    huaweicloud = {
      source  = "huaweicloud/huaweicloud"
      version = "~> 1.97" # with the arguments of August 2026
    }
  }
}

provider "huaweicloud" {
  region = var.region
}

variable "region" {
  description = "Region of the functions, their triggers, their own logs and their failed events."
  type        = string
  default     = "cn-north-4"
}

variable "lts_region" {
  description = "Region of LTS, if not that of the functions; GA delivers logs only to cn-north-4 and ap-southeast-3."
  type        = string
  default     = ""
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
  description = "ID of the log group for events that name none; this or log_group_name is required for timer_listener, audit_trail and reconcile_schedule."
  type        = string
  default     = ""
}

variable "log_group_name" {
  description = "Name of that log group, instead of its ID; it is created if it does not exist."
  type        = string
  default     = ""
}

variable "log_group_ttl_in_days" {
  description = "Retention of a log group that is created by name, 1 to 365 days; empty for 30."
  type        = string
  default     = ""
}

variable "log_stream_name" {
  description = "Name of the log stream for events that name none, which may contain {resource_id}; empty for ga-{resource_id}."
  type        = string
  default     = ""
}

variable "log_streams_per_group" {
  description = "How many log streams a log group may hold: the quota of LTS."
  type        = string
  default     = "100"
}

variable "project_id" {
  description = "Project ID of the log group; empty for the main project of lts_region."
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

locals {
  lts_region = var.lts_region != "" ? var.lts_region : var.region
  project_id = length(data.huaweicloud_identity_projects.lts) > 0 ? data.huaweicloud_identity_projects.lts[0].projects[0].id : var.project_id
  has_group  = var.log_group_id != "" || var.log_group_name != ""

  # "permissions" is the agency below. The platform sends an instance one event
  # at a time, so one instance means one event at a time.
  functions = {
    bootstrap = {
      handler     = "bootstrap.handler"
      description = "Creates a log stream, and a logtank that ships a listener's log into it, unless they exist."
      permissions = "create"
      timeout     = 60
      instances   = 5
    }
    create_log_stream = {
      handler     = "create_log_stream.handler"
      description = "Creates a log stream unless it exists."
      permissions = "stream"
      timeout     = 60
      instances   = 5
    }
    create_logtank = {
      handler     = "create_logtank.handler"
      description = "Creates a logtank unless it exists."
      permissions = "create"
      timeout     = 60
      instances   = 5
    }
    status = {
      handler     = "status.handler"
      description = "Lists which listener ships its log to which log stream."
      permissions = "read"
      timeout     = 60
      instances   = 5
    }
    reconcile = {
      handler     = "reconcile.handler"
      description = "Plans, and with \"apply\" creates, what the listeners of the account lack."
      permissions = "reconcile"
      timeout     = 900
      instances   = 1
    }
    delete_logtank = {
      handler     = "delete_logtank.handler"
      description = "Deletes a listener's logtanks, and on request their log streams."
      permissions = "delete"
      timeout     = 60
      instances   = 5
    }
  }

  settings = {
    HUAWEICLOUD_REGION         = local.lts_region
    HUAWEICLOUD_LTS_ENDPOINT   = var.lts_endpoint
    HUAWEICLOUD_GA_ENDPOINT    = var.ga_endpoint
    HUAWEICLOUD_IAM_ENDPOINT   = var.iam_endpoint
    HUAWEICLOUD_SDK_PROJECT_ID = local.project_id
    HUAWEICLOUD_SDK_DOMAIN_ID  = var.domain_id
    LOG_GROUP_ID               = var.log_group_id
    LOG_GROUP_NAME             = var.log_group_name
    LOG_GROUP_TTL_IN_DAYS      = var.log_group_ttl_in_days
    LOG_STREAM_NAME            = var.log_stream_name
    LOG_STREAMS_PER_GROUP      = var.log_streams_per_group
    RETRY_ATTEMPTS             = "4"
    RETRY_BASE_SECONDS         = "0.2"
    RETRY_CAP_SECONDS          = "5"
    HTTP_TIMEOUT_SECONDS       = "10"
    HTTP_RESPONSE_SECONDS      = "25"
    MAX_CONCURRENCY            = "8"
    WEBHOOK_AUTH               = "signature"
    LOG_LEVEL                  = var.log_level
  }
  user_data = { for name, value in local.settings : name => value if value != "" }

  secrets = {
    WEBHOOK_SECRETS = var.webhook_secrets
  }
}

# A function knows the project of its own region alone.
data "huaweicloud_identity_projects" "lts" {
  count = var.project_id == "" && local.lts_region != var.region ? 1 : 0

  name = local.lts_region
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
  timeout               = each.value.timeout
  max_instance_num      = tostring(each.value.instances)
  agency                = local.agency_names["platform"]
  app_agency            = local.agency_names[each.value.permissions]

  code_type     = "zip"
  code_filename = "bundle.zip"
  func_code     = filebase64(var.bundle)

  user_data           = jsonencode(local.user_data)
  encrypted_user_data = var.webhook_secrets != "" ? jsonencode(local.secrets) : null

  enable_lts_log = var.own_logs
  log_group_id   = local.own_log_group_id
  log_stream_id  = try(local.own_log_stream_ids[each.key], null)

  lifecycle {
    precondition { # FunctionGraph accepts an archive without code, and then fails at every event
      condition     = length(filebase64(var.bundle)) > 200000
      error_message = "The archive in bundle is too small to contain the functions; run `make build`."
    }
    precondition {
      condition     = length(local.user_data) + (var.webhook_secrets != "" ? 1 : 0) <= 20
      error_message = "FunctionGraph accepts at most 20 settings; leave some variables at their default."
    }
    precondition {
      condition     = length(jsonencode(local.user_data)) + length(jsonencode(local.secrets)) <= 4096
      error_message = "FunctionGraph accepts at most 4,096 characters of settings; shorten endpoints, names or webhook_secrets."
    }
    precondition {
      condition     = var.log_group_id == "" || var.log_group_name == ""
      error_message = "log_group_id and log_group_name must not both be set."
    }
    precondition {
      condition     = (var.own_log_group_id == "") == (var.own_log_stream_id == "")
      error_message = "own_log_group_id and own_log_stream_id must be set together."
    }
  }
}

output "urns" {
  description = "URNs of the functions, for direct calls."
  value       = { for name, made in huaweicloud_fgs_function.this : name => made.urn }
}

# Part of template.tf: what sends events to the functions.

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

variable "reconcile_schedule" {
  description = "When to run reconcile for all listeners: a rate, such as 1d, or a cron expression with six fields; empty for never."
  type        = string
  default     = ""
}

variable "reconcile_apply" {
  description = "Whether the scheduled reconcile creates what is missing; otherwise its log lines show the plan."
  type        = bool
  default     = false
}

variable "smn_topic_urn" {
  description = "URN of the SMN topic whose messages are requests for bootstrap; empty for none."
  type        = string
  default     = ""
}

variable "audit_trail" {
  description = "Whether every new listener gets its access log; requires a CTS tracker in this region."
  type        = bool
  default     = false
}

variable "deletion_trail" {
  description = "What reports deleted listeners, so that their logtanks are deleted: CTS, or EVENTGRID with the channel below; empty for nothing."
  type        = string
  default     = ""

  validation {
    condition     = contains(["", "CTS", "EVENTGRID"], var.deletion_trail)
    error_message = "deletion_trail must be CTS, EVENTGRID or empty."
  }
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

variable "webhook_functions" {
  description = "Functions that apig_group exposes. All accept the same secrets, so a caller of one of them can call all."
  type        = set(string)
  default     = ["bootstrap", "create_log_stream", "create_logtank"]
}

variable "eventgrid" {
  description = "EventGrid channel and source whose events contain a request or a CTS trace in their data, for bootstrap; null for none."
  type = object({
    channel_id   = string
    channel_name = string
    source_name  = string
    event_types  = list(string)
    agency       = optional(string) # by default the one of the functions' configuration
  })
  default = null
}

locals {
  eventgrid_agency = coalesce(try(var.eventgrid.agency, null), local.agency_names["platform"])
  rate             = "^[0-9]+[mhd]$"

  # What each trigger is created with. An asynchronous timer uses the retries and the destination of
  # failed events; where the platform ignores this, the next run makes up for a failed one.
  event_data = merge(
    {
      timer = jsonencode({
        name           = "regularly"
        schedule_type  = "Rate"
        schedule       = var.timer
        sync_execution = false
        user_event     = jsonencode({ resource_id = var.timer_listener })
      })
      reconcile = jsonencode({
        name           = "reconcile"
        schedule_type  = can(regex(local.rate, var.reconcile_schedule)) ? "Rate" : "Cron"
        schedule       = var.reconcile_schedule
        sync_execution = false
        user_event     = jsonencode({ apply = var.reconcile_apply })
      })
      smn = jsonencode({ topic_urn = var.smn_topic_urn })
      audit_trail = jsonencode({
        name       = "ga_listener_created"
        operations = ["GA:listener:createListener"]
      })
      deletion_cts = jsonencode({
        name       = "ga_listener_deleted"
        operations = ["GA:listener:deleteListener"]
      })
    },
    var.eventgrid == null ? {} : {
      eventgrid          = jsonencode(merge(var.eventgrid, { trigger_name = var.name, agency = local.eventgrid_agency }))
      deletion_eventgrid = jsonencode(merge(var.eventgrid, { trigger_name = "${var.name}-deletion", agency = local.eventgrid_agency }))
    }
  )

  webhook_data = var.apig_group == null ? {} : {
    for name in var.webhook_functions : name => jsonencode({
      name         = "${replace(var.name, "-", "_")}_${name}"
      type         = 1
      path         = "/${name}"
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
}

# The service adds fields to a trigger's data, which would be a change in every plan. So triggers
# ignore such changes, and are replaced if this, which they are created with, changes.
resource "terraform_data" "event_data" {
  for_each = local.event_data

  input = each.value

  lifecycle {
    precondition {
      condition     = var.deletion_trail != "EVENTGRID" || var.eventgrid != null
      error_message = "deletion_trail = EVENTGRID requires eventgrid."
    }
  }
}

resource "terraform_data" "webhook_data" {
  for_each = local.webhook_data

  input = each.value
}

resource "huaweicloud_fgs_function_trigger" "timer" {
  count = var.timer_listener != "" ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["bootstrap"].urn
  type         = "TIMER"
  status       = "ACTIVE"
  event_data   = local.event_data["timer"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["timer"]]

    precondition {
      condition     = local.has_group
      error_message = "timer_listener requires log_group_id or log_group_name, because the timer's events name only the listener."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "reconcile" {
  count = var.reconcile_schedule != "" ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["reconcile"].urn
  type         = "TIMER"
  status       = "ACTIVE"
  event_data   = local.event_data["reconcile"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["reconcile"]]

    precondition {
      condition     = local.has_group
      error_message = "reconcile_schedule requires log_group_id or log_group_name, because the timer's events name none."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "smn" {
  count = var.smn_topic_urn != "" ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["bootstrap"].urn
  type         = "SMN"
  status       = "ACTIVE"
  event_data   = local.event_data["smn"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["smn"]]
  }
}

resource "huaweicloud_fgs_function_trigger" "audit_trail" {
  count = var.audit_trail ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["bootstrap"].urn
  type         = "CTS"
  status       = "ACTIVE"
  event_data   = local.event_data["audit_trail"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["audit_trail"]]

    precondition {
      condition     = local.has_group
      error_message = "audit_trail requires log_group_id or log_group_name, because a trace names only the listener."
    }
  }
}

resource "huaweicloud_fgs_function_trigger" "deletion_cts" {
  count = var.deletion_trail == "CTS" ? 1 : 0

  function_urn = huaweicloud_fgs_function.this["delete_logtank"].urn
  type         = "CTS"
  status       = "ACTIVE"
  event_data   = local.event_data["deletion_cts"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["deletion_cts"]]
  }
}

resource "huaweicloud_fgs_function_trigger" "deletion_eventgrid" {
  count = var.deletion_trail == "EVENTGRID" && var.eventgrid != null ? 1 : 0

  function_urn                   = huaweicloud_fgs_function.this["delete_logtank"].urn
  type                           = "EVENTGRID"
  status                         = "ACTIVE"
  cascade_delete_eg_subscription = true
  event_data                     = local.event_data["deletion_eventgrid"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["deletion_eventgrid"]]
  }
}

resource "huaweicloud_fgs_function_trigger" "apig" {
  for_each = var.apig_group == null ? [] : var.webhook_functions

  function_urn = huaweicloud_fgs_function.this[each.key].urn
  type         = "DEDICATEDGATEWAY"
  status       = "ACTIVE"
  event_data   = local.webhook_data[each.key]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.webhook_data[each.key]]
  }
}

resource "huaweicloud_fgs_function_trigger" "eventgrid" {
  count = var.eventgrid == null ? 0 : 1

  function_urn                   = huaweicloud_fgs_function.this["bootstrap"].urn
  type                           = "EVENTGRID"
  status                         = "ACTIVE"
  cascade_delete_eg_subscription = true
  event_data                     = local.event_data["eventgrid"]

  lifecycle {
    ignore_changes       = [event_data]
    replace_triggered_by = [terraform_data.event_data["eventgrid"]]
  }
}

# Part of template.tf: what the functions, and FunctionGraph on their behalf, are permitted to do.

variable "permissions" {
  description = "Which permissions the functions get: system, the roles below; or custom, policies with only the actions that each function needs."
  type        = string
  default     = "system"

  validation {
    condition     = contains(["system", "custom"], var.permissions)
    error_message = "permissions must be system or custom."
  }
}

variable "lts_roles" {
  description = "Roles or policies, granted in the project of lts_region, that allow to create, list, update and delete log streams."
  type        = set(string)
  default     = ["LTS FullAccess"]
}

variable "lts_read_roles" {
  description = "The same for status, which only lists."
  type        = set(string)
  default     = ["LTS ReadOnlyAccess"]
}

variable "ga_roles" {
  description = "Roles or policies, granted in the whole account, that allow to create, list, show, update and delete logtanks, and to list listeners."
  type        = set(string)
  default     = ["GA FullAccess"]
}

variable "ga_read_roles" {
  description = "The same for status, which only lists."
  type        = set(string)
  default     = ["GA ReadOnlyAccess"]
}

variable "more_actions" {
  description = "With custom permissions, additional actions by kind (read, stream, create, reconcile, delete), where the known ones do not suffice."
  type        = map(set(string))
  default     = {}
}

variable "topic_roles" {
  description = "Roles or policies, granted in the functions' project if a topic is set below, that allow FunctionGraph to use it."
  type        = set(string)
  default     = ["SMN FullAccess"]
}

variable "own_log_roles" {
  description = "Roles or policies, granted in the functions' project, that allow FunctionGraph to write the functions' own log lines."
  type        = set(string)
  default     = ["LTS FullAccess"]
}

variable "failure_roles" {
  description = "Roles or policies, granted in the whole account unless failed events go to a topic, that allow FunctionGraph to write into the bucket."
  type        = set(string)
  default     = ["OBS OperateAccess"]
}

variable "more_roles" {
  description = "Additional roles or policies, granted in the functions' project, in case CTS or EventGrid require any; their documentation names none."
  type        = set(string)
  default     = []
}

locals {
  # One agency for each kind of permission. A function's code gets the temporary keys of one of the
  # kinds, and never those of "platform", with which FunctionGraph itself writes log lines and failed
  # events and listens to topics.
  roles = {
    read      = { lts = var.lts_read_roles, ga = var.ga_read_roles }
    stream    = { lts = var.lts_roles, ga = [] }
    create    = { lts = var.lts_roles, ga = var.ga_roles }
    reconcile = { lts = var.lts_roles, ga = var.ga_roles }
    delete    = { lts = var.lts_roles, ga = var.ga_roles }
  }

  # The actions of identity policies, by what they are needed for.
  actions = {
    list_streams   = ["iam:projects:listProjects", "lts:logGroup:listLogGroup", "lts:logStream:listLogStream"]
    create_streams = ["lts:logGroup:createLogGroup", "lts:logStream:createLogStream", "lts:logStream:updateLogStream"]
    delete_streams = ["lts:logStream:deleteLogStream"]
    list_logtanks  = ["ga:listener:get", "ga:listener:list", "ga:logtank:get", "ga:logtank:list"]
    set_logtanks   = ["ga:logtank:create", "ga:logtank:update"]
    delete_logtank = ["ga:logtank:delete"] # creators remove a duplicate that they have just created
  }
  needs = {
    read      = ["list_streams", "list_logtanks"]
    stream    = ["list_streams", "create_streams"]
    create    = ["list_streams", "create_streams", "list_logtanks", "set_logtanks", "delete_logtank"]
    reconcile = ["list_streams", "create_streams", "list_logtanks", "set_logtanks", "delete_logtank"]
    delete    = ["list_streams", "delete_streams", "list_logtanks", "delete_logtank"]
  }
  policies = {
    for kind, needed in local.needs : kind => sort(setunion(
      flatten([for need in needed : local.actions[need]]), lookup(var.more_actions, kind, [])
    )) if var.permissions == "custom"
  }

  has_topic = var.failure_topic_urn != "" || var.smn_topic_urn != ""
  agencies = merge(
    {
      for kind, roles in local.roles : kind => {
        project_roles = var.permissions == "system" ? { (local.lts_region) = roles.lts } : {}
        account_roles = var.permissions == "system" ? roles.ga : []
      }
    },
    {
      platform = {
        project_roles = {
          (var.region) = setunion(
            var.own_logs ? var.own_log_roles : [], local.has_topic ? var.topic_roles : [], var.more_roles
          )
        }
        account_roles = var.failure_topic_urn == "" ? var.failure_roles : []
      }
    }
  )

  agency_names = merge(
    { create = huaweicloud_identity_agency.this.name },
    { for kind, made in huaweicloud_identity_agency.kind : kind => made.name }
  )
  agency_ids = merge(
    { create = huaweicloud_identity_agency.this.id },
    { for kind, made in huaweicloud_identity_agency.kind : kind => made.id }
  )
}

# The agency of version 0.1: that of the functions that create logtanks.
resource "huaweicloud_identity_agency" "this" {
  name                         = var.name
  description                  = "Creates log streams and logtanks for GA listeners."
  delegated_domain_name        = "op_svc_cff"
  all_resources_roles          = local.agencies["create"].account_roles
  force_dissociate_v5_policies = true

  dynamic "project_role" {
    for_each = { for project, roles in local.agencies["create"].project_roles : project => roles if length(roles) > 0 }

    content {
      project = project_role.key
      roles   = project_role.value
    }
  }
}

resource "huaweicloud_identity_agency" "kind" {
  for_each = { for kind, granted in local.agencies : kind => granted if kind != "create" }

  name                         = "${var.name}-${each.key}"
  description                  = "Permissions of the kind ${each.key} for the functions ${var.name}."
  delegated_domain_name        = "op_svc_cff"
  all_resources_roles          = each.value.account_roles
  force_dissociate_v5_policies = true

  dynamic "project_role" {
    for_each = { for project, roles in each.value.project_roles : project => roles if length(roles) > 0 }

    content {
      project = project_role.key
      roles   = project_role.value
    }
  }
}

resource "huaweicloud_identityv5_policy" "this" {
  for_each = local.policies

  name        = "${var.name}-${each.key}"
  description = "Actions of the kind ${each.key} for the functions ${var.name}."
  policy_document = jsonencode({
    Version   = "5.0"
    Statement = [{ Effect = "Allow", Action = each.value }]
  })
}

resource "huaweicloud_identityv5_policy_agency_attach" "this" {
  for_each = local.policies

  policy_id = huaweicloud_identityv5_policy.this[each.key].id
  agency_id = local.agency_ids[each.key]
}

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

# The provider does not return the size of the uploaded code, so no check block can.
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
