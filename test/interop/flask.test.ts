import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { Browser } from "./browser.ts";
import { describeWith } from "./peers.ts";
import { type StartedExample, startExample } from "./readme-commands.ts";

describeWith(["uwsgi", "flask"], "the Flask example, run as its README says", () => {
  describe.each(transports)("over %s", (transport) => {
    let directory: string;
    let example: StartedExample;

    beforeAll(async () => {
      directory = await makeTempDir();
      example = await startExample("flask", { transport, directory });
    });

    afterAll(async () => {
      await example.stop();
      await removeTempDir(directory);
    });

    test("somebody who has not logged in is sent to the login", async () => {
      const answer = await new Browser(example.port).get("/");
      expect(answer.status).toBe(302);
      expect(answer.header("Location")).toBe("/login");
    });

    test("a form without a name is a 400 with the form again", async () => {
      const answer = await new Browser(example.port).post("/login", { name: "" });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('<input name="name">');
    });

    test("the session counts the visits of each browser until it logs out", async () => {
      const [ada, jose] = [new Browser(example.port), new Browser(example.port)];
      expect((await ada.post("/login", { name: "Ada" })).header("Location")).toBe("/");
      await jose.post("/login", { name: "José" });
      expect((await ada.get("/")).text).toBe("Hello Ada, this is visit 1.\n");
      expect((await ada.get("/")).text).toBe("Hello Ada, this is visit 2.\n");
      expect((await jose.get("/")).body.toString()).toBe("Hello José, this is visit 1.\n");

      await ada.post("/logout", {});
      expect((await ada.get("/")).status).toBe(302);
      expect((await jose.get("/")).status).toBe(200);
    });
  });
});
