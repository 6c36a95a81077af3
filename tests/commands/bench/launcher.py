"""Run a program, and print its processor seconds, wall seconds and peak memory.

The system includes the memory of the parent process in a program's peak memory. So this
launcher keeps its own memory small by importing only built-in modules.
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
