import { readFileSync } from "node:fs";
import { ConfigError } from "../errors.ts";

/**
 * `user:group`, `user` or `:group`, by name or by number.
 *
 * @throws {@link ConfigError} for a name that this machine does not know.
 */
export function parseOwner(text: string): { uid?: number; gid?: number } {
  const [user = "", group = ""] = text.split(":");
  const owner: { uid?: number; gid?: number } = {};
  if (user !== "") owner.uid = lookUp(user, "/etc/passwd");
  if (group !== "") owner.gid = lookUp(group, "/etc/group");
  return owner;
}

/** The number of a name in a file of lines such as `name:password:number`. */
function lookUp(name: string, file: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const [entry, , number] = line.split(":");
    if (entry === name) return Number(number);
  }
  throw new ConfigError("chownSocket", `${file} has no entry ${name}; give the number instead`);
}
