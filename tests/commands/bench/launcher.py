"""Run a program, and print what it took: processor and wall seconds, peak memory.

The system counts the memory of whoever starts a program as the program's own, until it
runs. So this is started with nothing but the built-in modules, and imports no more.
"""

import os
import sys
import time

began = time.perf_counter()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - began
print(used.ru_utime + used.ru_stime, wall, used.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
