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
