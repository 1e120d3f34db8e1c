"""The documentation for people, rendered from the OpenAPI document."""
