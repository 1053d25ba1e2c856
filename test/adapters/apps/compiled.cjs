// What a compiler makes of `export default app`.
Object.defineProperty(exports, "__esModule", { value: true });
exports.default = (_request, response) => {
  response.setHeader("X-App", "node");
  response.end("hello from compiled");
};
