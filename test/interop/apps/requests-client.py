"""What a program with the Python package requests sees of the site at argv[1]; argv[2] is a file to upload."""

import hashlib
import json
import sys

import requests

url, path = sys.argv[1:]
content = open(path, "rb").read()
session = requests.Session()
session.trust_env = False


def pieces():
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]


def get(path, **options):
    return session.get(url + path, timeout=20, **options)


def failure(action):
    try:
        action()
    except requests.RequestException as error:
        return type(error).__name__
    return "none"


login = get("/login")
streamed = get("/chunks", stream=True)
report = {
    "hello": [get("/hello").text for _ in range(20)],
    "cookies": [login.text, [step.status_code for step in login.history], dict(session.cookies)],
    "redirect": [get("/redirect").text, session.post(url + "/redirect", data={"a": "b"}, timeout=20).text],
    "generator": session.post(url + "/upload", data=pieces(), timeout=20).json(),
    "file": session.put(url + "/upload", data=open(path, "rb"), timeout=20).json(),
    "form": session.post(url + "/upload", files={"file": content[:1000]}, timeout=20).json()["method"],
    "empty": session.delete(url + "/upload", timeout=20).json()["bytes"],
    "gzip": len(get("/gzip").text),
    "lines": [line.decode() for line in streamed.iter_lines()],
    "range": get("/static/digits.txt", headers={"Range": "bytes=2-4"}).text,
    "head": session.head(url + "/hello", timeout=20).headers["Content-Length"],
    "missing": get("/static/nothing").status_code,
    "too large": session.post(url + "/upload", data=content + content, timeout=20).status_code,
    "timeout": failure(lambda: session.get(url + "/slow", timeout=0.3)),
    "behind the timeout": get("/hello").text,
    "sha256": hashlib.sha256(content).hexdigest(),
}
print(json.dumps(report))
