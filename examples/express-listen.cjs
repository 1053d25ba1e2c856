// The server of many a tutorial, unchanged: CommonJS, nothing exported, a port opened at the end. That port is never opened here.
//
//   npm install express
//   npx uwsgi-bridge serve examples/express-listen.cjs --capture-listen
//   curl localhost:8080/
const express = require("express");

const app = express();

app.get("/", (_request, response) => {
  response.send("Hello from a file that listens by itself\n");
});

app.listen(3000, () => console.log("ready"));
