#!/usr/bin/env python3
"""Times the import of customer feedback against the bulk loader of the database, in one run.

    cargo build --release && python3 benches/loaders.py [ROWS] [postgres://...]

The loader (sqlite3 .import or, given the address of a PostgreSQL database, psql \\copy) gets the
finished rows of the feedback table, with the same keys, indexes and references. Our import starts
from an export: it maps columns, validates every cell, redacts personal data in comments, tags their
themes and stores the mentions too. The data are synthetic.
"""

import os
import random
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RAPPORT = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "rapport")
REMARKS = [
    "very polite and helpful", "I was on hold for an hour", "thank you", "he rushed me and hung up, but called back",
    "explained everything clearly", "the parcel arrived damaged and nobody answered my mail", "good", "worst service ever",
]


def run(*command, env=None, text=None):
    done = subprocess.run(command, env={**os.environ, **(env or {})}, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def write_export(path, rows):
    random.seed(1)
    with open(path, "w") as file:
        file.write("external_id,agent,team,time,channel,issue,score,scale,comment\n")
        for row in range(rows):
            agent = random.randrange(400)
            remark = random.choice(REMARKS) if row % 3 == 0 else ""
            day = f"2026-{1 + row % 12:02}-{1 + row % 28:02}T{row % 24:02}:00:00Z"
            file.write(
                f"{random.getrandbits(96):x},agent{agent},team{agent % 20},{day},{('phone', 'chat', 'mail')[row % 3]},"
                f"issue{row % 25},{random.choice((1, 3, 5, 5, 5, 4))},csat_1_5,\"{remark}\"\n"
            )


def ours(folder, export, address):
    env = {"RAPPORT_DATA_DIR": folder, "DATABASE_URL": address}
    run(RAPPORT, "admin", "create-user", "--new", "--organisation", "Synthetic", "--email", "a@bench.example", "--name", "A", "--role", "admin",
        env=env, text="a password for the bench\n")
    return timed(lambda: run(RAPPORT, "feedback", "import", export, "--mapping", "standard", env=env))


def sqlite(folder, export, rows):
    filled, empty, table = f"{folder}/filled.db", f"{folder}/empty.db", f"{folder}/feedback.csv"
    mine = ours(folder, export, f"sqlite://{filled}")
    run("sqlite3", empty, text=run("sqlite3", filled, ".schema --nosys"))
    for name in ("organisations", "teams", "imports", "agents"):
        run("sqlite3", empty, text=run("sqlite3", filled, f".mode insert {name}", f"select * from {name}"))
    with open(table, "w") as file:
        file.write(run("sqlite3", "-csv", filled, "select * from feedback"))
    load = ("sqlite3", empty, "pragma journal_mode=wal", "pragma foreign_keys=on", ".mode csv", f".import {table} feedback")
    report("SQLite", rows, mine, timed(lambda: run(*load)))


def postgres(folder, export, rows, address):
    psql = lambda database, *commands: run("psql", "-qAt", "-v", "ON_ERROR_STOP=1", database, *(x for c in commands for x in ("-c", c)))
    name = f"rapport_loaders_{os.getpid()}"
    psql(address, f"create database {name}")
    database = address.rsplit("/", 1)[0] + "/" + name
    try:
        mine = ours(folder, export, database)
        table = f"{folder}/feedback_pg.csv"
        psql(database, f"\\copy feedback to '{table}' csv", "create table bulk (like feedback including all)")
        for columns, other in (("organisation_id", "organisations (id)"), ("organisation_id, import_id", "imports (organisation_id, id)"),
                               ("organisation_id, agent_id", "agents (organisation_id, id)"),
                               ("organisation_id, team_id", "teams (organisation_id, id)")):
            psql(database, f"alter table bulk add foreign key ({columns}) references {other}")
        report("PostgreSQL", rows, mine, timed(lambda: psql(database, f"\\copy bulk from '{table}' csv")))
    finally:
        psql(address, f"drop database {name}")


def report(name, rows, mine, loader):
    print(f"{name:<11} {rows:>9,} rows  import {mine:7.2f} s ({rows / mine:9,.0f} rows/s)  loader {loader:7.2f} s  import speed {loader / mine:.2f} of the loader's")


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        export = f"{folder}/export.csv"
        write_export(export, rows)
        sqlite(folder, export, rows)
        if len(sys.argv) > 2:
            postgres(folder, export, rows, sys.argv[2])


main()
