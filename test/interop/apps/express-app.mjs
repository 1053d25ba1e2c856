// An application as its authors run it: `node express-app.mjs`, with the port in the environment.
import { Readable } from "node:stream";
import express from "express";

export const app = express();
app.set("env", "production");

const html = "<!doctype html><title>x</title><p>caf\u00e9 \u{1f600}</p>";

app.use((_request, response, next) => {
  response.set("X-Middleware", "1");
  next();
});
app.get("/json", (request, response) => response.json({ query: request.query, url: request.originalUrl }));
app.get("/html", (_request, response) => response.send(html));
app.use("/static", express.static(import.meta.dirname, { maxAge: "1h" }));
app.get("/redirect", (_request, response) => response.redirect(301, "/json?from=redirect"));
app.get("/cookies", (_request, response) => {
  response.cookie("a", "1", { httpOnly: true, sameSite: "lax" });
  response.cookie("b", "x y");
  response.clearCookie("c");
  response.send("cookies");
});
app.get("/throw", () => {
  throw new Error("as a test wants it to");
});
app.get("/reject", () => Promise.reject(Object.assign(new Error("busy"), { status: 503 })));
app.get("/nothing", (_request, response) => response.status(204).end());
app.get("/stream", (_request, response) => {
  response.type("text");
  Readable.from(["one\n", "two\n", "three\n"]).pipe(response);
});
app.get("/bare", (_request, response) => response.end("a length that nobody has set"));
app.get("/vary", (_request, response) => {
  response
    .vary("Accept-Encoding")
    .set("Link", ["</a>; rel=next", "</b>; rel=prev"])
    .attachment("x.csv")
    .send("a,b\n");
});
app.get("/large", (_request, response) => response.send(Buffer.alloc(300_000, "0123456789")));
app.post("/form", express.urlencoded({ extended: false }), (request, response) =>
  response.json(request.body),
);
app.post("/text", express.text({ limit: "1mb" }), (request, response) => {
  response.status(201).location("/text/1").send(request.body.toUpperCase());
});
app.get(["/", "/where/*rest"], (request, response) => {
  const { baseUrl, originalUrl, url, path } = request;
  response.json({ baseUrl, originalUrl, url, path });
});
app.get("/client", (request, response) => {
  const { ip, protocol, secure, hostname } = request;
  response.json({ ip, protocol, secure, hostname });
});

if (process.argv[1] === import.meta.filename) {
  const server = app.listen(Number(process.env.PORT), "127.0.0.1", () => {
    process.stdout.write(`listening on ${server.address().port}\n`);
  });
}
