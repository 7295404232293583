#!/usr/bin/env python3
"""Times reading and learning of comments beside scikit-learn on the same texts in the same run, and prints ratios.

    python3 -m venv peers && peers/bin/pip install scikit-learn
    peers/bin/python benches/text.py [comments]            # default 200,000
    peers/bin/python benches/text.py 200000 file.csv       # comments of your own, with columns text and label

Comments are made from a seeded list of everyday sentences about service, with labels that follow from their words, so that both
programs have something to learn. "Everyday" comments are those sentences as they stand: people say the same again and again.
"Varied" ones have other words among them, some common, some hardly ever said twice, so that scarcely a
clause comes again. Each program reads one CSV and writes one CSV: ours finds themes by words (with negation, idioms and personal
data taken out) and, by the model, labels too; scikit-learn finds labels by TF-IDF of words and pairs and logistic regression.
"One thread" holds both to one; "as it comes" is how each is used. Each reading is done three times, and the middle counts.
Comments of your own are learned from once and read again and again, up to the number.
Training compares the same work: five-fold cross-validation over four penalties and a final fit.
"""

import csv
import itertools
import os
import random
import statistics
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


COMMON = """the a i my to and was it is for of in on with that they have had me you your very so this when after order about time
said told customer service phone day week""".split()


def everyday(draw):
    return lambda sentence: sentence


def varied(draw):
    """Puts words among those of a sentence: common ones, and made-up ones with frequencies as words have them."""
    syllables = "ta ro mi ne lu ka sho ber win dal pre gon est fi hul mor".split()
    words = ["".join(draw.choices(syllables, k=draw.choice([1, 2, 2, 3]))) for _ in range(20_000)]
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))

    def more(sentence):
        others = [
            draw.choice(COMMON) if draw.random() < 0.6 else draw.choices(words, cum_weights=weights)[0]
            for _ in range(draw.choice([1, 2, 3, 4, 6]))
        ]
        at = draw.randrange(len(others) + 1)
        return " ".join(others[:at] + [sentence] + others[at:])

    return more


def comments(n, kind):
    draw = random.Random(1)
    said = kind(draw)
    for i in range(n):
        good = draw.random() < 0.6
        parts = draw.sample(GOOD if good else BAD, draw.choice([1, 1, 2]))
        if draw.random() < 0.5:
            parts.insert(0, f"{draw.choice(OPENINGS)} {draw.choice(THINGS)}")
        if draw.random() < 0.1:
            parts.append("but " + draw.choice(BAD if good else GOOD))
        yield i, ", ".join(map(said, parts)), "good" if good else "bad"


def own(path):
    with open(path, newline="") as file:
        said = [(row["text"], row["label"]) for row in csv.DictReader(file) if row["text"].strip() and row["label"]]

    def from_file(n):
        return ((i, *said[i % len(said)]) for i in range(n or len(said)))

    return from_file


def write(path, rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["id", "text", "label"])
        out.writerows(rows)


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
    middle = lambda run: statistics.median(run() for _ in range(3))
    with tempfile.TemporaryDirectory() as folder:
        at = lambda name: os.path.join(folder, name)
        kinds = {kind.__name__: (comments(5_000, kind), comments(n, kind)) for kind in (everyday, varied)}
        if len(sys.argv) > 2:
            said = own(sys.argv[2])
            kinds = {"own": (said(None), said(n))}
        print(f"scikit-learn {sklearn.__version__}; reading {n:,} comments")
        for kind, (learn_from, to_read) in kinds.items():
            write(at("learn.csv"), learn_from)
            write(at("read.csv"), to_read)
            learn = ["train-themes", at("learn.csv"), "--text", "text", "--label", "label", "--out", at("m.json")]
            words = ["themes", at("read.csv"), "--text", "text", "--id", "id", "--format", "csv"]
            for threads in (1, None):
                said = f"{kind:8}  {'one thread ' if threads else 'as it comes'}"
                t1, t2 = ours(*learn, threads=threads), peer("train", at("learn.csv"), at("m.pickle"), threads=threads)
                print(f"{said}  training  {t1:6.2f} s   scikit-learn {t2:6.2f} s   ratio {t2 / t1:5.1f}", flush=True)
                t2 = middle(lambda: peer("read", at("read.csv"), at("m.pickle"), at("out.csv"), threads=threads))
                for what, command in (("by words", words), ("by model", [*words, "--model", at("m.json")])):
                    t1 = middle(lambda: ours(*command, threads=threads))
                    each = f"{1e6 * t1 / n:5.2f} microseconds a comment"
                    print(f"{said}  {what}  {t1:6.2f} s   scikit-learn {t2:6.2f} s   ratio {t2 / t1:5.1f}   {each}", flush=True)


if __name__ == "__main__":
    main()
