const express = require("express");

const app = express();
app.get("/hello", (_request, response) => response.set("X-App", "express").send("hello from cjs"));

module.exports = app;
