"""The contract app for WSGI: one route per behaviour. README.md beside it describes them.

Runs with Python 3.8 and later, and needs nothing else:

    uwsgi --plugin python3 --socket 127.0.0.1:3031 --wsgi-file app.py --master --processes 1 --need-app
    gunicorn --protocol uwsgi -b 127.0.0.1:3031 -w 1 --threads 4 app:application

One process: the counters live in its memory.
"""
import io
import json
import sys
import time

TEXT = ("Content-Type", "text/plain")
LENGTH_5 = ("Content-Length", "5")
PAUSE_S = 0.4
BLOCK_EVERY_S = 0.005
TICK_EVERY_S = 0.05
FILE = b"".join(b"%07d\n" % number for number in range(4096))

ROUTES = {}
COUNTERS = {}


def application(environ, start_response):
    name, _, token = environ["PATH_INFO"].lstrip("/").partition("/")
    route = ROUTES.get(name)
    if route:
        return route(environ, start_response, token.partition("/")[0])
    start_response("404 Not Found", [TEXT])
    return [b"no such route\n"]


def counters_of(token):
    return COUNTERS.setdefault(token, {"calls": 0, "closes": 0, "blocks": 0, "note": ""})


class CountedBody:
    """Counts the blocks taken from it, and how often it is closed."""

    def __init__(self, token, blocks):
        self.counters = counters_of(token)
        self.blocks = iter(blocks)

    def __iter__(self):
        return self

    def __next__(self):
        block = next(self.blocks)
        self.counters["blocks"] += 1
        return block

    def close(self):
        self.counters["closes"] += 1


def broken():
    return RuntimeError("the contract app fails, as this route is meant to")


def raised():
    """The error, as sys.exc_info() gives it."""
    try:
        raise broken()
    except RuntimeError:
        return sys.exc_info()


def route(name):
    def register(function):
        ROUTES[name] = function
        return function

    return register


def plain(start_response, text):
    start_response("200 OK", [TEXT])
    return [text.encode("latin-1")]


def as_json(start_response, value):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(value).encode()]


def text_of(block):
    return block.decode("latin-1")


def fixed(name, status, fields, blocks):
    """A response that is always the same, right or wrong."""

    def respond(environ, start_response, token):
        start_response(status, list(fields))
        return blocks

    ROUTES[name] = respond


def generated(name, fields, blocks):
    """The same with status 200, a block at a time."""

    def respond(environ, start_response, token):
        start_response("200 OK", [TEXT, *fields])
        return (block for block in blocks)

    ROUTES[name] = respond


def failing(name, fields, blocks):
    def respond(environ, start_response, token):
        start_response("200 OK", [TEXT, *fields])
        return blocks_then_failure(blocks)

    ROUTES[name] = respond


def blocks_then_failure(blocks):
    for block in blocks:
        yield block
    time.sleep(0.05)
    raise broken()


# what the application was given


@route("contract")
def contract(environ, start_response, token):
    language = "WSGI, Python %d.%d" % sys.version_info[:2]
    return as_json(start_response, {"contract": 1, "language": language, "routes": list(ROUTES)})


@route("counts")
def counts(environ, start_response, token):
    return as_json(start_response, counters_of(token))


@route("hello")
def hello(environ, start_response, token):
    return plain(start_response, "hello")


@route("call")
def call(environ, start_response, token):
    counters_of(token)["calls"] += 1
    return plain(start_response, "called")


@route("env")
def env(environ, start_response, token):
    return as_json(start_response, {name: value for name, value in environ.items() if isinstance(value, str)})


@route("gateway")
def gateway(environ, start_response, token):
    def has(value, names):
        return all(callable(getattr(value, name, None)) for name in names)

    facts = {
        "version": list(environ["wsgi.version"]),
        "scheme": environ["wsgi.url_scheme"],
        "input": has(environ["wsgi.input"], ["read", "readline", "readlines"]),
        "errors": has(environ["wsgi.errors"], ["write", "writelines", "flush"]),
        "run_once": bool(environ["wsgi.run_once"]),
        "flags": "wsgi.multithread" in environ and "wsgi.multiprocess" in environ,
    }
    return as_json(start_response, facts)


@route("mutate")
def mutate(environ, start_response, token):
    del environ["PATH_INFO"]
    environ["SERVER_NAME"] = "overwritten"
    environ["HTTP_X_LEFT_BEHIND"] = "1"
    return plain(start_response, "mutated")


@route("url")
def url(environ, start_response, token):
    scheme = environ["wsgi.url_scheme"]
    usual = "443" if scheme == "https" else "80"
    port = environ["SERVER_PORT"]
    host = environ.get("HTTP_HOST") or environ["SERVER_NAME"] + ("" if port == usual else ":" + port)
    query = environ.get("QUERY_STRING", "")
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return plain(start_response, scheme + "://" + host + path + ("?" + query if query else ""))


@route("log")
def log(environ, start_response, token):
    environ["wsgi.errors"].write("a line with a wide character: \u20ac\n")
    environ["wsgi.errors"].flush()
    return plain(start_response, "logged")


# request bodies


@route("read")
def read(environ, start_response, token):
    body = environ["wsgi.input"].read()
    start_response("200 OK", [TEXT])
    return [body]


@route("read-threes")
def read_threes(environ, start_response, token):
    return plain(start_response, "|".join(until_empty(lambda: environ["wsgi.input"].read(3))))


@route("read-past")
def read_past(environ, start_response, token):
    source = environ["wsgi.input"]
    blocks = [source.read(int(environ["CONTENT_LENGTH"])), source.read(10), source.read()]
    return as_json(start_response, [text_of(block) for block in blocks])


@route("read-zero")
def read_zero(environ, start_response, token):
    source = environ["wsgi.input"]
    return as_json(start_response, [text_of(source.read(0)), text_of(source.read(3))])


@route("read-negative")
def read_negative(environ, start_response, token):
    return plain(start_response, text_of(environ["wsgi.input"].read(-1)))


@route("readline")
def readline(environ, start_response, token):
    return as_json(start_response, until_empty(lambda: environ["wsgi.input"].readline()))


@route("readline-four")
def readline_four(environ, start_response, token):
    return as_json(start_response, until_empty(lambda: environ["wsgi.input"].readline(4)))


@route("readlines")
def readlines(environ, start_response, token):
    return as_json(start_response, [text_of(line) for line in environ["wsgi.input"].readlines()])


@route("iterate")
def iterate(environ, start_response, token):
    return as_json(start_response, [text_of(line) for line in environ["wsgi.input"]])


@route("read-mixed")
def read_mixed(environ, start_response, token):
    source = environ["wsgi.input"]
    blocks = [source.readline(), source.read(3), source.readline(), source.read()]
    return as_json(start_response, [text_of(block) for block in blocks])


@route("length")
def length(environ, start_response, token):
    return plain(start_response, str(len(environ["wsgi.input"].read())))


@route("ignore")
def ignore(environ, start_response, token):
    return plain(start_response, "ignored")


@route("read-one")
def read_one(environ, start_response, token):
    return plain(start_response, text_of(environ["wsgi.input"].read(1)))


@route("read-short")
def read_short(environ, start_response, token):
    try:
        answer = "complete %d" % len(environ["wsgi.input"].read())
    except Exception:
        answer = "error"
    return plain(start_response, answer)


@route("echo-blocks")
def echo_blocks(environ, start_response, token):
    start_response("200 OK", [TEXT])
    return iter(lambda: environ["wsgi.input"].read(1000), b"")


def until_empty(next_block):
    return [text_of(block) for block in iter(next_block, b"")]


# responses that are right


@route("status")
def status(environ, start_response, token):
    start_response(token + " Some Reason", [TEXT])
    return [b"status"]


fixed("reason-custom", "299 Very Custom Reason", [TEXT], [b"x"])
fixed("reason-latin1", "200 Caf\xe9", [TEXT], [b"x"])
fixed("cookies", "200 OK", [TEXT, ("Set-Cookie", "a=1"), ("X-Mid", "m"), ("Set-Cookie", "b=2")], [b"x"])
fixed("field-case", "200 OK", [TEXT, ("x-LoWeR-CaSe", "V")], [b"x"])
fixed("field-latin1", "200 OK", [TEXT, ("X-L", "caf\xe9")], [b"x"])
fixed("field-empty", "200 OK", [TEXT, ("X-Empty", "")], [b"x"])
fixed("field-tab", "200 OK", [TEXT, ("X-Tab", "a\tb")], [b"x"])
fixed("field-long", "200 OK", [TEXT, ("X-Big", "v" * 6000)], [b"x"])
fixed("field-underscore", "200 OK", [TEXT, ("X_Under_Score", "u")], [b"x"])
fixed("field-colon", "200 OK", [TEXT, ("X-Colon", "a: b, c")], [b"x"])
fixed("fields-many", "200 OK", [TEXT, *(("X-H%d" % number, str(number)) for number in range(200))], [b"x"])
fixed("own-date", "200 OK", [TEXT, ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Server", "contract")], [b"x"])
fixed("bytes", "200 OK", [("Content-Type", "application/octet-stream")], [bytes(range(256)) + b"\r\n\n\r"])
generated("blocks", [], [b"a", b"", b"b", b"c"])
fixed("blocks-empty", "200 OK", [TEXT], [b"", b""])
fixed("blocks-none", "200 OK", [TEXT], [])
generated("blocks-many", [], [b"%d," % number for number in range(1000)])
fixed("blocks-set", "200 OK", [TEXT], (b"a", b"b"))
generated("large", [], [b"A" * 65536] * 64)
fixed("large-block", "200 OK", [TEXT], [b"B" * 3000000])
fixed("sized", "200 OK", [TEXT, LENGTH_5], [b"hello"])
generated("sized-blocks", [LENGTH_5], [b"he", b"llo"])
fixed("sized-zero", "200 OK", [TEXT, ("Content-Length", "0")], [])
fixed("length-twice", "200 OK", [TEXT, LENGTH_5, LENGTH_5], [b"hello"])
fixed("no-content", "204 No Content", [], [])
fixed("no-content-body", "204 No Content", [("Content-Length", "4")], [b"body"])
fixed("not-modified", "304 Not Modified", [("ETag", '"tag"')], [])
fixed("not-modified-body", "304 Not Modified", [("ETag", '"tag"')], [b"body"])
fixed("redirect", "302 Found", [("Location", "/a%20b?c=d#e")], [])


def written(name, first, rest):
    def respond(environ, start_response, token):
        write = start_response("200 OK", [TEXT])
        for block in first:
            write(block)
        return rest

    ROUTES[name] = respond


written("write", [b"one", b"two"], [b"three"])
written("write-only", [b"solo"], [])
written("write-empty", [b""], [b"tail"])


@route("closing")
def closing(environ, start_response, token):
    start_response("200 OK", [TEXT])
    return CountedBody(token, [b"a", b"b"])


@route("closing-sized")
def closing_sized(environ, start_response, token):
    start_response("200 OK", [TEXT, ("Content-Length", "2")])
    return CountedBody(token, [b"a", b"b"])


def wrapped(environ, file):
    return environ["wsgi.file_wrapper"](file, 4096)


def real_file(offset):
    """A file of the system: servers may send it by its descriptor."""
    import tempfile

    file = tempfile.TemporaryFile()
    file.write(FILE)
    file.seek(offset)
    return file


@route("file")
def whole_file(environ, start_response, token):
    start_response("200 OK", [TEXT])
    return wrapped(environ, real_file(0))


@route("file-sized")
def sized_file(environ, start_response, token):
    start_response("200 OK", [TEXT, ("Content-Length", str(len(FILE)))])
    return wrapped(environ, real_file(0))


@route("file-offset")
def file_offset(environ, start_response, token):
    start_response("200 OK", [TEXT])
    return wrapped(environ, real_file(32760))


@route("file-closing")
def file_closing(environ, start_response, token):
    class ClosingFile(io.BytesIO):
        def close(self):
            if not self.closed:
                counters_of(token)["closes"] += 1
            super().close()

    start_response("200 OK", [TEXT])
    return wrapped(environ, ClosingFile(FILE[32760:]))


@route("file-unused")
def file_unused(environ, start_response, token):
    wrapped(environ, real_file(0))
    return plain(start_response, "unused")


# applications that do wrong


@route("raise")
def fail(environ, start_response, token):
    raise broken()


@route("raise-started")
def fail_started(environ, start_response, token):
    start_response("200 OK", [TEXT, ("X-Early", "1")])
    raise broken()


failing("raise-first", [], [])
failing("raise-later", [], [b"part"])
failing("raise-sized", [("Content-Length", "8")], [b"part"])


@route("raise-closing")
def fail_closing(environ, start_response, token):
    start_response("200 OK", [TEXT, ("Content-Length", "8")])
    return CountedBody(token, blocks_then_failure([b"a"]))


@route("raise-in-close")
def fail_in_close(environ, start_response, token):
    class Body(list):
        def close(self):
            raise broken()

    start_response("200 OK", [TEXT])
    return Body([b"whole"])


@route("start-never")
def start_never(environ, start_response, token):
    return [b"x"]


@route("start-twice")
def start_twice(environ, start_response, token):
    start_response("200 OK", [TEXT])
    try:
        start_response("500 Oops", [TEXT, ("X-Second", "1")])
    except Exception:
        return [b"raised"]
    return [b"accepted"]


@route("start-replaced")
def start_replaced(environ, start_response, token):
    start_response("200 OK", [TEXT, ("X-First", "1")])
    start_response("500 Replaced", [TEXT, ("X-Second", "1")], raised())
    return [b"error page"]


@route("start-late")
def start_late(environ, start_response, token):
    start_response("200 OK", [TEXT])
    yield b"started"
    start_response("500 Late", [TEXT], raised())
    yield b"too late"


@route("start-with-error")
def start_with_error(environ, start_response, token):
    start_response("503 First", [TEXT], raised())
    return [b"error page"]


fixed("status-bare", "200", [TEXT], [b"x"])
fixed("status-100", "100 Continue", [], [])
fixed("status-101", "101 Switching Protocols", [], [])
fixed("status-crlf", "200 OK\r\nX-Injected: 1", [TEXT], [b"x"])
fixed("status-text", "OK", [TEXT], [b"x"])


def wrong_field(name, field, value, body=b"x"):
    fixed(name, "200 OK", [TEXT, (field, value)], [body])


wrong_field("field-crlf", "X-Bad", "a\r\nX-Injected: 1")
wrong_field("field-lf", "X-Bad", "a\nX-Injected: 1")
wrong_field("field-cr", "X-Bad", "a\rX-Injected: 1")
wrong_field("field-nul", "X-Bad", "a\0b")
wrong_field("field-wide", "X-Bad", "\u20ac")
wrong_field("field-number", "X-Bad", 5)
wrong_field("field-status", "Status", "404 Not Found")
wrong_field("name-space", "X Bad", "1")
wrong_field("name-colon", "X-Bad:", "1")
wrong_field("name-empty", "", "1")
wrong_field("name-crlf", "X-Injected: 1\r\nX-Bad", "1")
wrong_field("hop-transfer-encoding", "Transfer-Encoding", "chunked", b"5\r\nhello\r\n0\r\n\r\n")
wrong_field("hop-upgrade", "Upgrade", "h2c")
wrong_field("hop-connection", "Connection", "keep-alive")
wrong_field("hop-keep-alive", "Keep-Alive", "timeout=60")
wrong_field("length-junk", "Content-Length", "abc", b"hello")
wrong_field("length-negative", "Content-Length", "-5", b"hello")
fixed("length-conflict", "200 OK", [TEXT, LENGTH_5, ("Content-Length", "6")], [b"hello!"])
generated("surplus", [LENGTH_5], [b"hello", b"world"])
generated("surplus-block", [("Content-Length", "7")], [b"helloworld"])
generated("deficit", [("Content-Length", "10")], [b"abc"])


@route("surplus-write")
def surplus_write(environ, start_response, token):
    write = start_response("200 OK", [TEXT, LENGTH_5])
    write(b"hello")
    try:
        write(b"world")
        counters_of(token)["note"] = "accepted"
    except Exception:
        counters_of(token)["note"] = "raised"
    return []


@route("surplus-many")
def surplus_many(environ, start_response, token):
    start_response("200 OK", [TEXT, ("Content-Length", "3")])
    return CountedBody(token, [b"abc", *[b"x" * 100] * 50])


generated("yields-text", [], ["text"])
generated("yields-number", [], [b"a", 5, b"b"])
fixed("returns-text", "200 OK", [TEXT], "a string")
fixed("returns-none", "200 OK", [TEXT], None)


# responses that take their time


@route("slow-write")
def slow_write(environ, start_response, token):
    write = start_response("200 OK", [TEXT])
    write(b"first")
    time.sleep(PAUSE_S)
    write(b"second")
    return []


def slowly(name, first, second):
    def blocks():
        yield first
        time.sleep(PAUSE_S)
        yield second

    def respond(environ, start_response, token):
        start_response("200 OK", [TEXT])
        return blocks()

    ROUTES[name] = respond


slowly("slow-blocks", b"first", b"second")
slowly("slow-empty", b"", b"late")


@route("slow-answer")
def slow_answer(environ, start_response, token):
    time.sleep(PAUSE_S)
    return plain(start_response, "patient")


def endlessly(name, block, every_s):
    """For a minute at most: nobody's server is to be busy with it for longer."""

    def blocks():
        for _ in range(int(60 / every_s)):
            yield block
            time.sleep(every_s)

    def respond(environ, start_response, token):
        start_response("200 OK", [TEXT])
        return CountedBody(token, blocks())

    ROUTES[name] = respond


endlessly("endless", bytes(65536), BLOCK_EVERY_S)
endlessly("ticks", b".", TICK_EVERY_S)
