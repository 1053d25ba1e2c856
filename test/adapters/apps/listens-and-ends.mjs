import { createServer } from "node:http";

const server = createServer((_request, response) => {
  console.log("a request is open");
  process.once("SIGTERM", () => setTimeout(() => response.end("answered to the end"), 100));
});
server.listen(Number(process.env.PORT ?? 3000));

// What many applications do, and what would cut the request above if the server had closed by then.
process.on("SIGTERM", () => {
  server.close(() => {
    console.log("closed");
    process.exit(0);
  });
});
