import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WholeResponse } from "../support/http-client.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { Browser } from "./browser.ts";
import { describeWith } from "./peers.ts";
import { type StartedExample, startExample } from "./readme-commands.ts";

const LOGIN = "/admin/login/?next=/admin/";
const ADD_USER = "/admin/auth/user/add/";

describeWith(["uwsgi", "django"], "the Django example, run as its README says", () => {
  describe.each(transports)("over %s", (transport) => {
    let directory: string;
    let example: StartedExample;

    beforeAll(async () => {
      directory = await makeTempDir();
      const env = { DATABASE: join(directory, "django.sqlite3") };
      example = await startExample("django", { transport, directory, env });
    });

    afterAll(async () => {
      await example.stop();
      await removeTempDir(directory);
    });

    test("the admin sends somebody who has not logged in to its login", async () => {
      const answer = await new Browser(example.port).get("/admin/");
      expect(answer.status).toBe(302);
      expect(answer.header("Location")).toBe(LOGIN);
    });

    test("the login page and the style sheets it names are served", async () => {
      const browser = new Browser(example.port);
      const page = await browser.get(LOGIN);
      expect(page).toMatchObject({ status: 200, isWhole: true });
      const sheets = [...page.text.matchAll(/href="(\/static\/[^"]+\.css)"/g)].map(([, path]) =>
        String(path),
      );
      expect(sheets).toContain("/static/admin/css/base.css");
      for (const sheet of sheets) {
        const answer = await browser.get(sheet);
        expect(answer).toMatchObject({ status: 200, isWhole: true });
        expect(answer.header("Content-Type")).toMatch(/^text\/css/);
        expect(answer.body.length).toBe(Number(answer.header("Content-Length")));
      }
    });

    test("a form with a forged token is refused", async () => {
      const browser = new Browser(example.port);
      await browser.get(LOGIN);
      const forged = { ...CREDENTIALS, csrfmiddlewaretoken: "x".repeat(64) };
      expect((await browser.post(LOGIN, forged)).status).toBe(403);
    });

    test("a wrong password is told so, and there is no session", async () => {
      const browser = new Browser(example.port);
      const answer = await submit(browser, LOGIN, { ...CREDENTIALS, password: "wrong" });
      expect(answer.status).toBe(200);
      expect(answer.text).toContain("Please enter the correct username and password");
      expect([...browser.cookies.keys()]).toEqual(["csrftoken"]);
    });

    test("after the login the session works until the logout", async () => {
      const browser = new Browser(example.port);
      const login = await submit(browser, LOGIN, CREDENTIALS);
      expect(login.status).toBe(302);
      expect(login.header("Location")).toBe("/admin/");
      expect([...browser.cookies.keys()].sort()).toEqual(["csrftoken", "sessionid"]);

      const home = await browser.get("/admin/");
      expect(home.status).toBe(200);
      expect(home.text).toContain("Site administration");

      const added = await submit(browser, ADD_USER, NEW_USER);
      expect(added.status).toBe(302);
      const changed = await browser.get(String(added.header("Location")));
      expect(changed.body.toString()).toContain("José");
      expect(changed.text).toContain("was added successfully");

      const token = tokenOf(home.text) ?? String(browser.cookies.get("csrftoken"));
      await browser.post("/admin/logout/", { csrfmiddlewaretoken: token });
      expect((await browser.get("/admin/")).status).toBe(302);
    });
  });
});

const CREDENTIALS = { username: "admin", password: "admin" };
const NEW_USER = {
  username: "José",
  password1: "a-long-Passw0rd",
  password2: "a-long-Passw0rd",
  _save: "Save",
};

/** Fetch a form, fill it in and send it off with its token. */
async function submit(
  browser: Browser,
  path: string,
  fields: Record<string, string>,
): Promise<WholeResponse> {
  const token = tokenOf((await browser.get(path)).text);
  if (token === undefined) throw new Error(`the form at ${path} has no token`);
  return browser.post(path, { ...fields, csrfmiddlewaretoken: token });
}

function tokenOf(page: string): string | undefined {
  return /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(page)?.[1];
}
