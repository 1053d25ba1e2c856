import { type Application, defineApplication } from "../../../src/index.ts";

const app: Application = (_environ, startResponse) => {
  startResponse("200 OK", [["X-App", "gateway"]]);
  return [Buffer.from("hello from branded")];
};

export default defineApplication(app);
