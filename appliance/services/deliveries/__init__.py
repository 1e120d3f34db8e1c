"""Webhooks: sent when due, and sent again on demand."""
