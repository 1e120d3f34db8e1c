"""Let idle threads sleep; import this before torch.

torch's threads spin while they wait for each other. On a box whose cores have other work to do (a second worker, the
api, a test run) the recognition of 30 s of sound then took 100 s instead of 4; sleeping costs nothing when it is quiet
and saves a third of the CPU time. The variable is read when torch is loaded, hence at import; one that is set stays.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "passive")
