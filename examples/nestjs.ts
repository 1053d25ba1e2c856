// A NestJS application: the promise of it is exported, and it does not listen. The worker waits for init(), and calls close() at the end.
//
//   npm install @nestjs/common @nestjs/core @nestjs/platform-express reflect-metadata rxjs
//   npx uwsgi-bridge serve examples/nestjs.ts
//   curl localhost:8080/
import "reflect-metadata";
import { Controller, Get, Module, Req } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";

class AppController {
  hello({ ip, protocol }: { ip: string; protocol: string }): object {
    return { framework: "nestjs", ip, protocol };
  }
}

class AppModule {}

// Decorators are functions. Written with @ they need "experimentalDecorators" in tsconfig.json, and no build; constructors then name what
// they want with @Inject(Service), because only a build by tsc keeps the types ("emitDecoratorMetadata") that Nest could tell it from.
Req()(AppController.prototype, "hello", 0);
Get()(AppController.prototype, "hello", { value: AppController.prototype.hello });
Controller()(AppController);
Module({ controllers: [AppController] })(AppModule);

export default NestFactory.create(AppModule, { logger: ["error", "warn"] });
