"""The functions for a whole account: status, reconcile and delete_logtank."""
