export default (_request, response) => {
  response.setHeader("X-App", "node");
  response.end("hello from plain");
};

export const named = (_request, response) => {
  response.setHeader("X-App", "node");
  response.end("hello from named");
};
