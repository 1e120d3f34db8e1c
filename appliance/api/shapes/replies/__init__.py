"""The shapes of replies. Field order is the order on the wire; contract timestamps are whole seconds, UTC, `Z`.

More than 14 modules: one for each subject, looked up by the name of its route.
"""
