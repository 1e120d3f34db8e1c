"""What the appliance is about, and the rules that hold whatever the storage or protocol. Standard library only."""
