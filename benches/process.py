"""Times whole runs of the command beside a baseline, in turns, and prints a table of the ratios.

Usage: process.py PROGRAM MODAL, where MODAL is the official command. Both sides of a row run alternately, so that what
else the machine does falls on both; the figure is the median of the rounds.
"""

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time

CONFIG = """[default]
token_id = "ak-bench"
token_secret = "as-bench"
active = true
"""


def run(command, env):
    """Wall time and processor time of one run, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    # With close_fds the child would be made by fork instead of the cheaper posix_spawn.
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True, close_fds=False)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)


def compare(ours, baseline, env, rounds, figure):
    """The medians of both, run in turns."""
    index = {"wall": 0, "cpu": 1}[figure]
    samples = [(run(ours, env)[index], run(baseline, env)[index]) for _ in range(rounds)]
    return tuple(statistics.median(side) for side in zip(*samples))


def row(what, ours, baseline, goal, holds):
    ratio = ours / baseline
    verdict = "" if holds(ratio) else " **missed**"
    shown = f"{ratio:.2f}×" if ratio >= 0.1 else f"1/{1 / ratio:.0f}"
    print(f"| {what} | {ours * 1000:.2f} ms | {baseline * 1000:.2f} ms | {shown} | {goal}{verdict} |")
    return holds(ratio)


def main():
    program, modal = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home:
        with open(os.path.join(home, ".modal.toml"), "w", opener=lambda p, f: os.open(p, f, 0o600)) as file:
            file.write(CONFIG)
        # A short PATH: both sides search it, and the search is not what is measured.
        base = {"HOME": home, "PATH": "/usr/bin:/bin"}
        pair = {"MODAL_TOKEN_ID": "ak-bench", "MODAL_TOKEN_SECRET": "as-bench"}
        print(f"{time.strftime('%Y-%m-%d')}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores\n")
        print("| what | ours | baseline | ratio | goal |")
        print("|---|---|---|---|---|")
        good = True
        for source, env in (("environment", base | pair), ("file", base)):
            times = compare([program, "exec", "--", "true"], ["/usr/bin/env", "true"], env, 1000, "wall")
            good &= row(f"`exec -- true` ({source}) beside `env true`, wall time", *times, "≤ 1.5×", lambda r: r <= 1.5)
        times = compare([program, "config", "show"], [modal, "config", "show"], base, 20, "cpu")
        good &= row("`config show` beside `modal config show`, CPU time", *times, "≤ 1/50", lambda r: r <= 1 / 50)
        size = os.path.getsize(program) / 1e6
        small = size < 6
        print(f"| release binary, stripped | {size:.2f} MB | | | < 6 MB{'' if small else ' **missed**'} |")
    sys.exit(0 if good and small else 1)


if __name__ == "__main__":
    main()
