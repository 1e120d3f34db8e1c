"""What each route does: parse, call a service, reply; each says beside itself what the OpenAPI document tells of it."""
