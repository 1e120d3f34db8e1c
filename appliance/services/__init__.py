"""What the appliance does: use cases, a folder a subject. They know storage and rules, never HTTP or the queue."""
