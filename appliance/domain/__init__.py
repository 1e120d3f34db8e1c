"""What the appliance is about, and the rules that hold whatever the storage or protocol. Standard library only.

More than 14 modules: a noun each, looked up by its name; most of them know none of the others.
"""
