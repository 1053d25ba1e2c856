const app = (text) => (_request, response) => {
  response.setHeader("X-App", "node");
  response.end(text);
};

export const create = () => app("hello from create");

export const createLater = async () => {
  await new Promise((resolve) => setImmediate(resolve));
  return app("hello from later");
};

export const createNothing = () => ({ port: 80 });

export const createFailing = () => {
  throw new TypeError("no database");
};

export const createHanging = () => new Promise(() => {});
