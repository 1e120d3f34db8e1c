"""The administrator's desktop program: knows the appliance only through its HTTP API."""
