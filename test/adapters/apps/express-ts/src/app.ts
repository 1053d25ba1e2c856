// @ts-expect-error The path is that of the tsconfig beside it, which the checks of this repository ...
// biome-ignore lint/correctness/noUndeclaredDependencies: ... do not read.
import { greeting } from "@lib/greeting.ts";
import express from "express";

const app = express();
app.get("/hello", (_request, response) => {
  response.set("X-App", "express").send(greeting);
});

export default app;
