"""Use cases: what the appliance does, one module each. They know storage and rules, never HTTP or the queue's wire."""
