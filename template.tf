# Serverless functions on FunctionGraph that give Huawei Cloud Global Accelerator listeners
# their access logs. Run `make build`, then `terraform apply` with the variables of this file and of
# template_permissions.tf, template_operations.tf and template_triggers.tf, which belong to it.

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

  # "permissions" is the agency in template_permissions.tf. The platform sends an instance one event
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
