import { createServer } from "node:http";

createServer((_request, response) => response.end("hello from the server")).listen(
  Number(process.env.PORT ?? 3000),
);

export default (_request, response) => {
  response.setHeader("X-App", "node");
  response.end("hello from the export");
};
