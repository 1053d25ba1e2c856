export const port = 3000;
export class App {}
export const handler = (_request, response) => response.end();
export default { routes: [] };
