import { Hono } from "hono";
import { fromFetch } from "../../../src/adapters/index.ts";
import { validator } from "../../../src/index.ts";

const app = new Hono();
app.get("/hello", (context) => context.text("hello from wrapped", 200, { "X-App": "hono" }));

export default fromFetch(app);
export const validated = validator(fromFetch(app));
