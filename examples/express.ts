// An Express application as it is: it is exported, and does not listen.
//
//   npm install express
//   npx uwsgi-bridge serve examples/express.ts
//   curl localhost:8080/ && curl localhost:8080/sum -d '{"numbers":[1,2,3]}' -H 'Content-Type: application/json'
import express from "express";

const app = express();
app.use(express.json());

app.get("/", (request, response) => {
  // The client's own address and scheme, whatever stands in front: without "trust proxy".
  response.json({ framework: "express", ip: request.ip, protocol: request.protocol });
});

app.post("/sum", (request, response) => {
  const { numbers } = request.body as { numbers: number[] };
  response.json({ sum: numbers.reduce((sum, number) => sum + number, 0) });
});

export default app;
