"""What Prometheus is given: counters, and gauges of how the appliance stands."""
