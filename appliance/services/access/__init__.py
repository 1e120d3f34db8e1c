"""Who may do what, how often, and what they did: credentials, limits, the audit, the certificate."""
