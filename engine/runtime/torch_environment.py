"""Let idle threads sleep, and bound what torch keeps for later; `engine` imports this before torch.

torch's threads spin while they wait for each other. On a box whose cores have other work to do (a second worker, the
api, a test run) the recognition of 30 s of sound then took 100 s instead of 4; sleeping costs nothing when it is quiet
and saves a third of the CPU time.

For every operation and every size that it has not seen, oneDNN makes a program and keeps it, up to 0.6 MB with what
belongs to it: the last 1024 for all threads, and torch the last 1024 of some again for each thread. Sounds are seldom
as long as another was, so a gigabyte was gathered by a few hundred calls. What comes again in most calls fits into
fewer, as lengths are rounded up where that changes no result; the others are made again, in 0.3 ms.

The variables are read when torch is loaded, hence at import; one that is set stays.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "256")
os.environ.setdefault("LRU_CACHE_CAPACITY", "64")  # torch's own, of each thread
