"""The contract between api and worker: frozen, versioned messages that travel through the queue.

Everything carries `(call_id, revision, attempt)`, so that whoever receives it can tell whether it still concerns
the present (invariant 6). A reader refuses a version that it does not know and ignores fields that it does not know.
"""
