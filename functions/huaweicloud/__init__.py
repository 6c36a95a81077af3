"""The services LTS, GA and IAM: calls, replies, credentials, retries, rate limits."""
