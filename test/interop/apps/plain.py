"""The application the front is tested with behind a real uWSGI: one page per first segment of the path."""
import hashlib
import json
import os
import time

TEXT = ("Content-Type", "text/plain")
# After this time the front has passed the beginning of a response on, and can no longer answer with an error.
BEGINNING_TRAVELS_S = 0.2


def application(environ, start_response):
    page, _, argument = environ["PATH_INFO"].lstrip("/").partition("/")
    return PAGES.get(page, show_environ)(environ, start_response, argument)


def show_environ(environ, start_response, argument):
    strings = {name: value for name, value in environ.items() if isinstance(value, str)}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(strings).encode()]


def echo(environ, start_response, argument):
    start_response("200 OK", [TEXT, ("Content-Length", environ.get("CONTENT_LENGTH", "0"))])
    return iter(lambda: environ["wsgi.input"].read(65536), b"")


def digest(environ, start_response, argument):
    digested = hashlib.sha256()
    size = 0
    for block in iter(lambda: environ["wsgi.input"].read(65536), b""):
        digested.update(block)
        size += len(block)
    start_response("200 OK", [TEXT])
    return [f"{size} {digested.hexdigest()}".encode()]


def refuse(environ, start_response, argument):
    """Answers without having read any of the body."""
    page = b"too large for me"
    start_response("413 Content Too Large", [TEXT, ("Content-Length", str(len(page)))])
    return [page]


def status(environ, start_response, argument):
    start_response(f"{argument} Whatever", [TEXT, ("ETag", '"tag"'), ("X-Method", environ["REQUEST_METHOD"])])
    return [b"a page\n"]


def stream(environ, start_response, argument):
    """Makes each block only when the test has created the file that allows it."""
    start_response("200 OK", [TEXT])
    for number in range(4):
        while not os.path.exists(os.path.join(os.environ["STAGE"], f"{argument}-{number}")):
            time.sleep(0.002)
        yield f"{number}\n".encode()


def sized(environ, start_response, argument):
    """As many bytes as the argument says. To HEAD too: dropping them is up to whoever forwards the answer."""
    start_response("200 OK", [TEXT, ("Content-Length", argument)])
    return [b"x" * int(argument)]


def fail(environ, start_response, argument):
    raise RuntimeError("the application fails, as a test wants it to")


def break_off(environ, start_response, argument):
    has_length = argument == "length"
    length = [("Content-Length", "1000")] if has_length else []
    start_response("200 OK", [TEXT, *length])
    yield b"the beginning\n"
    if has_length:
        time.sleep(BEGINNING_TRAVELS_S)
    raise RuntimeError("the application fails, as a test wants it to")


def cookies(environ, start_response, argument):
    start_response(
        "200 OK",
        [
            TEXT,
            ("Set-Cookie", "a=1; Path=/"),
            ("X-Between", "yes"),
            ("Set-Cookie", "b=2; Path=/, really"),
            ("Set-Cookie", "a=3"),
        ],
    )
    return [b"cookies"]


def header_bytes(environ, start_response, argument):
    start_response("200 OK", [TEXT, ("X-Bytes", environ.get("HTTP_X_BYTES", "none"))])
    return [b"bytes"]


PAGES = {
    "echo": echo,
    "digest": digest,
    "refuse": refuse,
    "sized": sized,
    "status": status,
    "stream": stream,
    "fail": fail,
    "break": break_off,
    "cookies": cookies,
    "bytes": header_bytes,
}
