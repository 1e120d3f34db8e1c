"""Ctrl+K: commands, customers, calls, webhooks, backups and settings, found by a few letters."""
