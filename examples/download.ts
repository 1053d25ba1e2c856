// Files for those who may have them: the application decides, and names the file; the front sends it, with ranges and 304.
//
//   npm install express
//   npx uwsgi-bridge serve examples/download.ts --accel-root /protected=docs
//   curl -i 'localhost:8080/download/errors.md?key=secret'
import express from "express";

const app = express();

app.get("/download/:name", (request, response) => {
  if (request.query["key"] !== "secret") {
    response.status(403).send("not for you\n");
    return;
  }
  response.attachment(request.params.name);
  // The same header as for nginx. Without --accel-root it is taken off, and nothing is sent.
  response.set("X-Accel-Redirect", `/protected/${encodeURIComponent(request.params.name)}`).end();
});

export default app;
