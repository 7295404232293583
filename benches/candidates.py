#!/usr/bin/env python3
"""Times files of 5,000 candidates, and what other people notice meanwhile.

    cargo build --release && python3 benches/candidates.py [DATABASE] [PROGRAM]

Imports three files, one after the other. During the first, eight people of the organisation sign in.
Somebody in another organisation loads vacancies all the time. DATABASE is the address of an empty
database, by default a temporary SQLite file. The data are synthetic.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILT = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release", "rapport")
LISTEN = "127.0.0.1:18930"
PASSWORD = "a password for the bench"
ROWS = 5_000


def ask(path, token=None, body=None, kind="application/json"):
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    request = urllib.request.Request(f"http://{LISTEN}{path}", data=body, headers=headers)
    start = time.perf_counter()
    with urllib.request.urlopen(request) as reply:
        text = reply.read()
    return time.perf_counter() - start, json.loads(text)


def sign_in(organisation):
    body = json.dumps({"email": f"{organisation}@bench.example", "password": PASSWORD}).encode()
    spent, reply = ask("/api/v1/tokens", body=body)
    return spent, reply["access_token"]


def form(name):
    rows = "".join(f"Kim Test,{name}.{row}@candidate.example\n" for row in range(ROWS))
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="candidates.csv"\r\n\r\nname,email\n'
    return f"{head}{rows}\r\n--x--\r\n".encode()


def slowest_page(token, stop, found):
    while not stop.is_set():
        found.append(ask("/api/v1/vacancies", token)[0])


def measure():
    (_, token), (_, other) = sign_in("acme"), sign_in("other")
    _, questionnaires = ask("/api/v1/questionnaires", token)
    vacancy = {"title": "Adviser", "questionnaire_id": questionnaires["items"][0]["id"]}
    _, vacancy = ask("/api/v1/vacancies", token, json.dumps(vacancy).encode())
    address = f"/api/v1/vacancies/{vacancy['id']}/candidates/import"
    stop, pages, sign_ins = threading.Event(), [], []
    others = threading.Thread(target=slowest_page, args=(other, stop, pages))
    others.start()
    for number in range(3):
        work = [threading.Thread(target=lambda: sign_ins.append(sign_in("acme")[0])) for _ in range(8 if number == 0 else 0)]
        for thread in work:
            thread.start()
        spent, reply = ask(address, token, form(f"f{number}"), "multipart/form-data; boundary=x")
        for thread in work:
            thread.join()
        print(f"file {number + 1}: {len(reply['added'])} candidates in {spent:.2f} s")
    stop.set()
    others.join()
    print(f"slowest sign-in: {max(sign_ins):.2f} s; slowest of {len(pages)} pages of the other organisation: {max(pages):.2f} s")


def main():
    with tempfile.TemporaryDirectory() as folder:
        database = sys.argv[1] if len(sys.argv) > 1 else f"sqlite://{folder}/bench.db"
        program = sys.argv[2] if len(sys.argv) > 2 else BUILT
        env = {**os.environ, "RAPPORT_DATA_DIR": folder, "DATABASE_URL": database, "RAPPORT_LISTEN": LISTEN}
        for name in ("acme", "other"):
            command = ["admin", "create-user", "--new", "--organisation", name, "--email", f"{name}@bench.example", "--name", name, "--role", "admin"]
            subprocess.run([program, *command], env=env, input=PASSWORD, text=True, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([program, "serve"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(3)
            measure()
        finally:
            server.terminate()
            server.wait()


main()
