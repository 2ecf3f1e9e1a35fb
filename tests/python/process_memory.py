"""What this process holds in memory."""

import os


def resident_bytes():
    """Now: unlike ru_maxrss, which is the most there ever was and may have been the parent's, it also falls."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
