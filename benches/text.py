#!/usr/bin/env python3
"""Times reading and learning of comments beside scikit-learn on the same texts in the same run, and prints ratios.

    python3 -m venv peers && peers/bin/pip install scikit-learn
    peers/bin/python benches/text.py [comments]            # default 200,000

Comments are made from a seeded list of everyday sentences about service, with labels that follow from their words, so that both
programs have something to learn. Each program reads one CSV and writes one CSV: ours finds themes by words (with negation,
idioms and personal data taken out) and labels by the learned model; scikit-learn finds labels by TF-IDF of words and pairs and
logistic regression. "One thread" holds both to one; "as it comes" is how each is used. Training compares the same work:
five-fold cross-validation over four penalties and a final fit.
"""

import csv
import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.path.join(ROOT, "target", "release", "rapport")

OPENINGS = ["I called about", "I wrote about", "my question was about", "it was about", "this is about"]
THINGS = ["my order", "a refund", "the invoice", "a late parcel", "my password", "the contract", "a broken lamp", "the app"]
GOOD = ["she was very polite", "he explained everything clearly", "quick answer", "problem solved at once", "so patient with me",
        "friendly and helpful man", "they called back as promised", "knew exactly what to do"]
BAD = ["he was rude to me", "nobody called back", "it took far too long", "wrong information again", "still not solved",
       "transferred three times", "she did not listen", "waited an hour on hold"]


def comments(n):
    draw = random.Random(1)
    for i in range(n):
        good = draw.random() < 0.6
        parts = draw.sample(GOOD if good else BAD, draw.choice([1, 1, 2]))
        if draw.random() < 0.5:
            parts.insert(0, f"{draw.choice(OPENINGS)} {draw.choice(THINGS)}")
        if draw.random() < 0.1:
            parts.append("but " + draw.choice(BAD if good else GOOD))
        yield i, ", ".join(parts), "good" if good else "bad"


def write(path, n):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "text", "label"])
        out.writerows(comments(n))


def ours(*arguments, threads):
    command = [PROGRAM, "analyse", *arguments]
    if threads:
        command += ["--threads", str(threads)]
    start = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        subprocess.run(command, check=True, stdout=nowhere, stderr=nowhere)
    return time.perf_counter() - start


# scikit-learn runs in a process of its own, so that its threads can be set and its start counts as ours does.
PEER = r"""
import csv, pickle, sys
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
what, table, model = sys.argv[1:4]
with open(table, newline="") as file:
    rows = list(csv.DictReader(file))
texts, labels = [r["text"] for r in rows], [r["label"] for r in rows]
if what == "train":
    pipe = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
    search = GridSearchCV(pipe, {"logisticregression__C": [0.25, 1.0, 4.0, 16.0]}, cv=5)
    cross_val_predict(search, texts, labels, cv=5)
    pickle.dump(search.fit(texts, labels).best_estimator_, open(model, "wb"))
else:
    found = pickle.load(open(model, "rb")).predict(texts)
    with open(sys.argv[4], "w", newline="") as file:
        csv.writer(file).writerows(zip((r["id"] for r in rows), found))
"""


def peer(*arguments, threads):
    environment = dict(os.environ)
    if threads:
        environment |= {name: str(threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", PEER, *arguments], check=True, env=environment)
    return time.perf_counter() - start


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    try:
        import sklearn
    except ImportError:
        sys.exit("scikit-learn is not installed: nothing to compare with")
    subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        write(at("learn.csv"), 5_000)
        write(at("read.csv"), n)
        print(f"scikit-learn {sklearn.__version__}; training on 5,000, reading {n:,} comments")
        for threads in (1, None):
            said = "one thread " if threads else "as it comes"
            t1 = ours("train-themes", at("learn.csv"), "--text", "text", "--label", "label", "--out", at("m.json"), threads=threads)
            t2 = peer("train", at("learn.csv"), at("m.pickle"), threads=threads)
            print(f"{said}  training   {t1:7.2f} s   scikit-learn {t2:7.2f} s   ratio {t2 / t1:5.1f}")
            t1 = ours("themes", at("read.csv"), "--text", "text", "--id", "id", "--format", "csv", threads=threads)
            t3 = ours("themes", at("read.csv"), "--text", "text", "--id", "id", "--model", at("m.json"), "--format", "csv", threads=threads)
            t2 = peer("read", at("read.csv"), at("m.pickle"), at("out.csv"), threads=threads)
            print(f"{said}  by words   {t1:7.2f} s   scikit-learn {t2:7.2f} s   ratio {t2 / t1:5.1f}   {1e6 * t1 / n:5.2f} microseconds a comment")
            print(f"{said}  by model   {t3:7.2f} s   scikit-learn {t2:7.2f} s   ratio {t2 / t3:5.1f}   {1e6 * t3 / n:5.2f} microseconds a comment")


if __name__ == "__main__":
    main()
