#!/usr/bin/env python3
"""Times our psychometrics and other programs on the same data, on one thread, and prints ratios.

    python3 -m venv peers && peers/bin/pip install mirt==1.2.0 numpy
    peers/bin/python benches/peers.py

PyPI mirt also has a compiled core. It runs with the same 61 nodes, with its acceleration, to its
default tolerance, and without standard errors. If R is installed, lme4 (crossed effects) and boot
(BCa intervals) are timed too. Missing programs are reported and skipped. Our figures come from
`cargo bench --bench measurement` in the same run; our calibrations continue until no gradient
element exceeds 1e-4.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ONE_THREAD = {name: "1" for name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
os.environ.update(ONE_THREAD)


def bench(*arguments):
    command = ["cargo", "bench", "--locked", "--bench", "measurement", "--", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def median(runs, work):
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times)[runs // 2]


def python_mirt(folder, found):
    try:
        import mirt
        import numpy
    except ImportError as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        return
    for persons, runs in ((10_000, 3), (100_000, 1)):
        answers = numpy.loadtxt(f"{folder}/graded_{persons}.csv", delimiter=",", skiprows=1).astype(int)
        fit = lambda: mirt.fit_mirt(answers, model="GRM", n_quadpts=61, compute_standard_errors=False, accelerate="squarem")
        found[f"calibrate {persons:,} x 30, one thread"] = ("PyPI mirt", median(runs, fit))
        if persons == 100_000:
            fitted = fit()
            score = lambda: mirt.fscores(fitted, answers, method="EAP", n_quadpts=61)
            found["EAP of 100,000 x 30, one thread"] = ("PyPI mirt", median(5, score))


R_SCRIPT = """
d <- read.csv(file.path(commandArgs(TRUE)[1], "ratings.csv"))
if (requireNamespace("lme4", quietly = TRUE)) {
  d$agent <- factor(d$agent); d$customer <- factor(d$customer)
  t <- system.time(lme4::lmer(y ~ 1 + (1 | agent) + (1 | customer), d))[["elapsed"]]
  cat("crossed REML of 75,000 ratings\\tR lme4\\t", t, "\\n", sep = "")
}
if (requireNamespace("boot", quietly = TRUE)) {
  set.seed(1); x <- cbind(rnorm(500), rnorm(500))
  t <- system.time(boot::boot.ci(boot::boot(x, function(d, i) cor(d[i, 1], d[i, 2]), R = 10000), type = "bca"))[["elapsed"]]
  cat("BCa of r, 10,000 resamples of 500\\tR boot\\t", t, "\\n", sep = "")
}
"""


def r_programs(folder, found):
    if shutil.which("Rscript") is None:
        print("skipped: R is not installed", file=sys.stderr)
        return
    script = os.path.join(folder, "peers.R")
    with open(script, "w") as out:
        out.write(R_SCRIPT)
    done = subprocess.run(["Rscript", script, folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in done.stdout.splitlines():
        what, program, seconds = line.split("\t")
        found[what] = (program, float(seconds))


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench("--write", folder)
        ours = {line["what"]: line["seconds"] for line in map(json.loads, bench("--json").splitlines())}
        found = {}
        python_mirt(folder, found)
        r_programs(folder, found)
    print(f"{'':40} {'ours':>10} {'peer':>10}  {'ratio':>6}  peer")
    for what, (program, seconds) in found.items():
        print(f"{what:40} {ours[what]:9.4f}s {seconds:9.4f}s  {seconds / ours[what]:5.1f}x  {program}")
    bound = ours["EAP of 100,000 x 30, one thread"] / ours["plain multiply-adds of the same"]
    threads = ours["... with standard errors"] / ours["... with standard errors, two threads"]
    linear = ours["calibrate 100,000 x 30, one thread"] / ours["calibrate 10,000 x 30, one thread"]
    print(f"EAP takes {bound:.2f} times its multiply-adds; two threads are {threads:.2f} times as fast as one;")
    print(f"ten times the persons take {linear:.1f} times as long")


if __name__ == "__main__":
    main()
