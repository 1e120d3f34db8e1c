"""What the appliance is about, and the rules that hold whatever the storage or protocol. Standard library only.

Flat, though there are more than a dozen: a noun each, looked up by its name.
"""
