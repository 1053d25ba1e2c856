"""A WebSocket echo on uWSGI's own support for the protocol."""
import uwsgi


def application(environ, start_response):
    if environ["PATH_INFO"] != "/chat":
        start_response("426 Upgrade Required", [("Content-Type", "text/plain")])
        return [b"a WebSocket is at /chat\n"]
    uwsgi.websocket_handshake(environ["HTTP_SEC_WEBSOCKET_KEY"], environ.get("HTTP_ORIGIN", ""))
    while True:
        uwsgi.websocket_send(uwsgi.websocket_recv())
