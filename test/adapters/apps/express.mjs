import express from "express";

const app = express();
app.get("/hello", (_request, response) => response.set("X-App", "express").send("hello from express"));

export default app;
