"""Time and memory of a step in this process; what is measured stands in the other files here."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median


def peak_kib() -> int:
    """Give this process's own peak; getrusage would tell the parent's where that was higher."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0])


def timed(step: Callable[[], None], repeats: int) -> tuple[float, float]:
    """Give the median wall and processor seconds of a step after one run to warm up."""
    step()
    walls, processor = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        walls.append(time.perf_counter() - wall)
        processor.append(time.process_time() - cpu)
    return median(walls), median(processor)
