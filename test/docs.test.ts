import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../src/errors.ts";
import { runCli } from "./support/cli-io.ts";

const errorDocs = readFileSync("docs/errors.md", "utf8");
const readme = readFileSync("README.md", "utf8");
/** Flags of uWSGI that the text talks about. */
const UWSGI_FLAGS = [
  "--http-keepalive",
  "--http-websockets",
  "--http-chunked-input",
  "--fastrouter-timeout",
  "--catch-exceptions",
];
/** Flags of `npm run grid`, which its page explains. */
const GRID_FLAGS = ["--rounds", "--gunicorn"];
const commands = [
  "serve",
  "front",
  "worker",
  "request",
  "ping",
  "inspect",
  "conformance worker",
  "conformance front",
  "conformance fuzz",
];

describe("docs/errors.md", () => {
  const rows = [...errorDocs.matchAll(/^\| `(UWB_ERR_\w+)` \|(.*)\|$/gm)];

  test("has a row for every error code, once, and for no other", () => {
    expect(rows.map(([, code]) => code).sort()).toEqual([...ERROR_CODES].sort());
  });

  test.each(rows.map(([, code, cells]) => [code, cells]))(
    "says what happened and what to do about %s",
    (_code, cells = "") => {
      for (const cell of cells.split("|")) expect(cell.trim()).not.toBe("");
    },
  );
});

test("every error code is raised somewhere", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== "errors.ts",
  );
  const errors = readFileSync("src/errors.ts", "utf8").replace(/ERROR_CODES = \[[^\]]*\]/, "");
  const source = errors + files.map((file) => readFileSync(`src/${file}`, "utf8")).join("");
  expect(ERROR_CODES.filter((code) => !source.includes(`"${code}"`))).toEqual([]);
});

describe("README.md", () => {
  test("names every command", () => {
    expect(commands.filter((command) => !readme.includes(`uwsgi-bridge ${command}`))).toEqual([]);
  });

  test("tells how to make a packet that inspect understands", async () => {
    const [, format = ""] = /printf '([^']+)' > packet\.bin/.exec(readme) ?? [];
    const packet = format.replace(/\\([0-7]{1,3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    const { code, out } = await runCli(["inspect"], { stdin: packet });
    expect(code).toBe(0);
    expect(out).toMatch(/REQUEST_METHOD {2}GET\n.*PATH_INFO +\/\n/s);
  });
});

describe.each(["README.md", ...readdirSync("docs").map((name) => join("docs", name))])("%s", (page) => {
  const text = readFileSync(page, "utf8");

  test("names no flag that no command has", async () => {
    const help = (await Promise.all(commands.map(helpOf))).join("\n");
    const known = new Set(help.match(/--[a-z][a-z0-9-]+/g));
    for (const flag of [...UWSGI_FLAGS, ...GRID_FLAGS]) known.add(flag);
    // Lines of other programs, uWSGI's above all, have flags of their own.
    const ours = text.split("\n").filter((line) => !/\b(uwsgi --|curl|npm|apt-get|flask|python)/.test(line));
    const named = ours.join("\n").match(/(?<=[\s`(])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![-\w])/g) ?? [];
    expect(named.filter((flag) => !known.has(flag))).toEqual([]);
  });

  test("links to files and sections that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    for (const [, path = "", section] of links) {
      const target = path === "" ? page : join(dirname(page), path);
      const linked = readFileSync(target, "utf8");
      if (section !== undefined) expect(headings(linked), `${target}#${section}`).toContain(section);
    }
  });
});

test("the pages of the package lead to what is in it", () => {
  const { files } = JSON.parse(readFileSync("package.json", "utf8")) as { files: string[] };
  const packed = ["README.md", ...files];
  const pages = readdirSync("docs").filter((name) => name.endsWith(".md"));
  const missing = pages.flatMap((name) => {
    const links = [...readFileSync(join("docs", name), "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)];
    const targets = links.map(([, path = ""]) => join("docs", path));
    return targets.filter(
      (target) => !packed.some((file) => target === file || target.startsWith(`${file}/`)),
    );
  });
  expect(missing).toEqual([]);
});

/** The sections of a page as links name them. */
function headings(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
}

async function helpOf(command: string): Promise<string> {
  return (await runCli([...command.split(" "), "--help"])).out;
}
