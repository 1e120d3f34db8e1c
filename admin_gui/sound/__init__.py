"""A call's sound on this computer, in memory alone: decoded in pieces, mixed, stretched, played. No Qt, no HTTP."""
