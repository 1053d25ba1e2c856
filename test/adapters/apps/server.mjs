import { createServer } from "node:http";

export default createServer((_request, response) => {
  response.setHeader("X-App", "node");
  response.end("hello from server");
});
