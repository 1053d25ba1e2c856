import "reflect-metadata";
import { Controller, Get, Header, type INestApplication, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

class Greeter {
  hello(): string {
    return "hello from nest";
  }
}

class App {}

// Decorators as functions: this repository is compiled without them.
const hello = Object.getOwnPropertyDescriptor(Greeter.prototype, "hello") as PropertyDescriptor;
Get("/hello")(Greeter.prototype, "hello", hello);
Header("X-App", "nest")(Greeter.prototype, "hello", hello);
Controller()(Greeter);
Module({ controllers: [Greeter] })(App);

export function create(): Promise<INestApplication> {
  return NestFactory.create(App, { logger: false });
}

export default create();
