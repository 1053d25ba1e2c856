export function startup() {
  throw new TypeError("no database");
}

export default (_request, response) => response.end();
