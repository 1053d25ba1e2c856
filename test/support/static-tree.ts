import { execFileSync } from "node:child_process";
import { chmod, mkdir, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeTempDir, removeTempDir } from "./temp-dir.ts";

/** A directory that is served, and what lies beside it and must never be. */
export interface StaticTree {
  /** Holds everything. */
  readonly base: string;
  /** The directory that is served. */
  readonly www: string;
  remove(): Promise<void>;
}

const MKFIFO = "mkfifo";

/** When everything in the tree was last changed: whole seconds. */
const TREE_DATE = new Date("2024-05-06T07:08:09Z");

const FILES: Readonly<Record<string, string>> = {
  "www/file.txt": "hello",
  "www/file.txt.bak": "old",
  "www/a b.txt": "space",
  "www/\u00e9.txt": "accent",
  "www/a;b.txt": "semicolon",
  "www/x%2e.txt": "percent",
  "www/empty.txt": "",
  "www/sub/a.txt": "sub a",
  "www/docs/index.html": "<p>docs",
  "www/.htaccess": "secret",
  "www/.git/config": "secret",
  "www/..foo": "secret",
  "www/.well-known/x": "well known",
  "www/noperm.txt": "no",
  "www/app.js": "plain script",
  "www/app.js.br": "br script",
  "www/app.js.gz": "gz script",
  "www/stale.css": "new style",
  "www/stale.css.gz": "old style",
  "secret.txt": "secret",
  "www-secret/leak.txt": "secret",
};

const LINKS: Readonly<Record<string, string>> = {
  "www/link_in": "file.txt",
  "www/link_out": "../secret.txt",
  "www/link_absolute": "/etc/hostname",
  "www/dirlink": "/etc",
  "www/sib": "../www-secret",
  "www/loop": "loop",
  "www/dangling": "nowhere",
  "www/file.txt.gz": "../secret.txt",
  "www/device": "/dev/zero",
  release: "www",
};

/** Make the tree in a temporary directory. */
export async function makeStaticTree(): Promise<StaticTree> {
  const base = await makeTempDir();
  for (const [name, content] of Object.entries(FILES)) await writeTreeFile(join(base, name), content);
  for (const [name, target] of Object.entries(LINKS)) await symlink(target, join(base, name));
  const www = join(base, "www");
  await utimes(join(www, "stale.css.gz"), TREE_DATE, new Date(TREE_DATE.getTime() - 1));
  await chmod(join(www, "noperm.txt"), 0);
  await mkdir(join(www, "hollow"));
  execFileSync(MKFIFO, [join(www, "fifo")]);
  return { base, www, remove: () => removeTempDir(base) };
}

/** A file with the date of the tree. */
export async function writeTreeFile(path: string, content: string | Buffer, date = TREE_DATE): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  await utimes(path, date, date);
}
