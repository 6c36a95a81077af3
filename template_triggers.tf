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
  description = "Functions that apig_group exposes. All accept the same secrets, so whoever may call one of them may call all."
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
