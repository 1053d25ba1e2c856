import type { Vars } from "uwsgi-bridge/codec";

/** What nginx sends for a request of a browser: 21 vars. */
export const SAMPLE_VARS: Vars = [
  ["QUERY_STRING", "page=2&sort=newest"],
  ["REQUEST_METHOD", "GET"],
  ["CONTENT_TYPE", ""],
  ["CONTENT_LENGTH", ""],
  ["REQUEST_URI", "/articles/list?page=2&sort=newest"],
  ["PATH_INFO", "/articles/list"],
  ["DOCUMENT_ROOT", "/usr/share/nginx/html"],
  ["SERVER_PROTOCOL", "HTTP/1.1"],
  ["REQUEST_SCHEME", "http"],
  ["REMOTE_ADDR", "203.0.113.77"],
  ["REMOTE_PORT", "50934"],
  ["SERVER_PORT", "80"],
  ["SERVER_NAME", "www.example.test"],
  ["HTTP_HOST", "www.example.test"],
  ["HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"],
  ["HTTP_ACCEPT", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["HTTP_ACCEPT_LANGUAGE", "en-US,en;q=0.5"],
  ["HTTP_ACCEPT_ENCODING", "gzip, deflate, br"],
  ["HTTP_REFERER", "http://www.example.test/articles"],
  ["HTTP_COOKIE", "session=4f0c9a7be2d14c5fa0b7; theme=dark; seen=2026-11-20"],
  ["HTTP_UPGRADE_INSECURE_REQUESTS", "1"],
];

const PAGE = "<!doctype html><title>Articles</title>\n".repeat(12);

export const SAMPLE_RESPONSE_HEAD = [
  "HTTP/1.1 200 OK",
  "Content-Type: text/html; charset=utf-8",
  `Content-Length: ${PAGE.length}`,
  "Cache-Control: max-age=0, private, must-revalidate",
  "Vary: Accept-Language, Cookie",
  "X-Frame-Options: DENY",
  "Set-Cookie: session=4f0c9a7be2d14c5fa0b7; Path=/; HttpOnly; SameSite=Lax",
  "",
].join("\r\n");

/** Head, empty line and body. */
export const SAMPLE_RESPONSE = `${SAMPLE_RESPONSE_HEAD}\r\n${PAGE}`;
