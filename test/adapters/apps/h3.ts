import { H3 } from "h3";

const app = new H3();
app.get("/hello", ({ res }) => {
  res.headers.set("X-App", "h3");
  return "hello from h3";
});

export default app;
