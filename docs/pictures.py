#!/usr/bin/env python3
"""Makes docs/plan.png and docs/shortlist.png from a running demo.

Usage: cargo run -- demo > demo.log &    then    python3 docs/pictures.py demo.log
Needs chromium, chromedriver, and pdftoppm (poppler-utils).
"""

import base64, json, pathlib, re, subprocess, sys, tempfile, time, urllib.request

DOCS = pathlib.Path(__file__).parent
DRIVER = "http://127.0.0.1:9516"


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(DRIVER + path, data, {"Content-Type": "application/json"}, method=method)
    return json.load(urllib.request.urlopen(request))["value"]


class Browser:
    def __init__(self, width, height):
        arguments = ["--headless=new", "--no-sandbox", "--hide-scrollbars", f"--window-size={width},{height}"]
        options = {"goog:chromeOptions": {"args": arguments}}
        session = call("POST", "/session", {"capabilities": {"alwaysMatch": options}})
        self.session = "/session/" + session["sessionId"]
        # A headless window counts its frame as part of the height.
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        command = {"cmd": "Emulation.setDeviceMetricsOverride", "params": metrics}
        call("POST", self.session + "/goog/cdp/execute", command)

    def open(self, address):
        call("POST", self.session + "/url", {"url": address})

    def script(self, text):
        return call("POST", self.session + "/execute/sync", {"script": text, "args": []})

    def sign_in(self, base, email, password):
        self.open(base + "/sign-in")
        self.script(f"email.value = {email!r}; password.value = {password!r}; document.querySelector('main form').submit()")
        time.sleep(3)

    def first_link(self, start, text=""):
        found = f"[...document.querySelectorAll('main a')].find(a => a.pathname.startsWith({start!r}) && a.textContent.includes({text!r}))"
        return self.script(f"return {found}.href")

    def fetch(self, address):
        """Bytes of a file that the signed-in person may see."""
        text = f"""const done = arguments[0];
            fetch({address!r}).then(r => r.blob()).then(b => {{
              const reader = new FileReader();
              reader.onload = () => done(reader.result.split(',')[1]);
              reader.readAsDataURL(b); }})"""
        return base64.b64decode(call("POST", self.session + "/execute/async", {"script": text, "args": []}))

    def save(self, path):
        path.write_bytes(base64.b64decode(call("GET", self.session + "/screenshot")))


def main():
    log = pathlib.Path(sys.argv[1]).read_text()
    base = re.search(r"Serving on (\S+)", log)[1]
    people = dict(re.findall(r"^  (\w+) +(\S+@\S+ +\S+)$", log, re.M))
    driver = subprocess.Popen(["chromedriver", "--port=9516"], stdout=subprocess.DEVNULL)
    try:
        time.sleep(2)
        shortlist(base, *people["recruiter"].split())
        plan(base, *people["coach"].split())
    finally:
        driver.terminate()


def shortlist(base, email, password):
    browser = Browser(1280, 900)
    browser.sign_in(base, email, password)
    browser.open(browser.first_link("/vacancies/", "intake"))
    browser.save(DOCS / "shortlist.png")


def plan(base, email, password):
    browser = Browser(1334, 936)
    browser.sign_in(base, email, password)
    agent = re.search(r"Agents with a plan: ([\w-]+)", pathlib.Path(sys.argv[1]).read_text())[1]
    browser.open(f"{base}/agents?find={agent}")
    browser.open(browser.first_link("/agents/"))
    pdf = browser.fetch(browser.first_link("/plans/") + "/plan.pdf")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "plan.pdf").write_bytes(pdf)
        subprocess.run(["pdftoppm", "-png", "-r", "80", "plan.pdf", "page"], cwd=folder, check=True)
        pages = [base64.b64encode(page.read_bytes()).decode() for page in sorted(folder.glob("page*.png"))]
        images = "".join(f"<img src='data:image/png;base64,{page}'>" for page in pages)
        style = "body{margin:0;background:#ccc;display:flex;gap:10px}img{height:936px}"
        html = f"<style>{style}</style>{images}"
        (folder / "plan.html").write_text(html)
        browser.open((folder / "plan.html").as_uri())
        time.sleep(1)
        browser.save(DOCS / "plan.png")


main()
