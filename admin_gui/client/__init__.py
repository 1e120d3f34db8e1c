"""The typed client of the appliance's HTTP API. No Qt."""
