const express = require("express");

const app = express();
app.get("/hello", (_request, response) => response.set("X-App", "express").send("hello from listens"));

const server = app.listen(Number(process.env.PORT ?? 3000), () => {
  console.log(`listening: ${server.listening}, ${JSON.stringify(server.address())}`);
});
