import { ConfigError } from "../../errors.ts";
import { readDuration, readSize } from "../../quantities.ts";
import { SERVER_OPTIONS } from "../balance/server-spec.ts";
import type { ForwardRouteOptions } from "./route-options.ts";

/** What a route is told about itself behind its target. */
export type TargetOptions = Omit<ForwardRouteOptions, "to" | "host" | "path">;

/** An option and how its value is read. */
interface OptionReader {
  /** What the value looks like, for people; empty: there is none. */
  readonly form: string;
  /** @returns `undefined` for a value of another form. */
  readonly read: (value: string, earlier: TargetOptions) => TargetOptions | undefined;
}

const MAX_DIGITS = 15;

const READERS: Readonly<Record<string, OptionReader>> = {
  "connect-timeout": duration((connectTimeoutMs) => ({ connectTimeoutMs })),
  "read-timeout": duration((readTimeoutMs) => ({ readTimeoutMs })),
  "send-timeout": duration((sendTimeoutMs) => ({ sendTimeoutMs })),
  "queue-timeout": duration((queueTimeoutMs) => ({ queueTimeoutMs })),
  "body-timeout": duration((bodyTimeoutMs) => ({ bodyTimeoutMs })),
  "max-body": size((maxBodyBytes) => ({ maxBodyBytes })),
  "request-buffering": onOff((requestBuffering) => ({ requestBuffering })),
  websocket: onOff((websocket) => ({ websocket })),
  persist: onOff((persist) => ({ persist })),
  "no-strip-prefix": { form: "", read: () => ({ stripPrefix: false }) },
  modifier1: count((modifier1) => ({ modifier1 })),
  modifier2: count((modifier2) => ({ modifier2 })),
  param: { form: "NAME=VALUE", read: readParam },
  "backend-buffer-size": size((maxVarsBytes) => ({ maxVarsBytes })),
  "backend-max-vars": count((maxVars) => ({ maxVars })),
};

/**
 * Read `TARGET;name=value;name`: a target, with the options of its server, and what a route does differently from the front.
 *
 * @param where - What the error names: the flag and its text.
 * @throws {@link ConfigError} for an option that is not known, that is given twice, or whose value has another form.
 */
export function parseTargetOptions(
  text: string,
  where: string,
): { readonly target: string; readonly options: TargetOptions } {
  const [place = "", ...parts] = text.split(";").map((part) => part.trim());
  const target = [place];
  let options: TargetOptions = {};
  const seen = new Set<string>();
  for (const part of parts) {
    const { name, value } = nameAndValue(part);
    if (SERVER_OPTIONS.has(name)) {
      target.push(part);
      continue;
    }
    if (seen.has(name) && name !== "param") throw wrong(where, `${name} is given twice`);
    seen.add(name);
    options = { ...options, ...readOption(name, value, { earlier: options, where }) };
  }
  return { target: target.join(";"), options };
}

function nameAndValue(part: string): { name: string; value: string | undefined } {
  const equals = part.indexOf("=");
  return equals === -1
    ? { name: part, value: undefined }
    : { name: part.slice(0, equals), value: part.slice(equals + 1) };
}

function readOption(
  name: string,
  value: string | undefined,
  { earlier, where }: { readonly earlier: TargetOptions; readonly where: string },
): TargetOptions {
  if (!Object.hasOwn(READERS, name)) {
    const known = [...Object.keys(READERS), ...SERVER_OPTIONS].join(", ");
    throw wrong(where, `there is no option ${JSON.stringify(name)} for a target; there are ${known}`);
  }
  const { form, read } = READERS[name] as OptionReader;
  const hasForm = (form === "") === (value === undefined);
  const options = hasForm ? read(value ?? "", earlier) : undefined;
  if (options) return options;
  const expected = form === "" ? "has no value" : `expects ${form}`;
  throw wrong(where, `${name} ${expected}, got ${JSON.stringify(value ?? "")}`);
}

function duration(set: (milliseconds: number) => TargetOptions): OptionReader {
  return { form: "a time such as 500ms, 30s or 2m", read: reader(readDuration, set) };
}

function size(set: (bytes: number) => TargetOptions): OptionReader {
  return { form: "a size such as 4096, 64k or 1g", read: reader(readSize, set) };
}

function count(set: (value: number) => TargetOptions): OptionReader {
  const readCount = (text: string): number | undefined =>
    /^\d+$/.test(text) && text.length <= MAX_DIGITS ? Number(text) : undefined;
  return { form: "a whole number", read: reader(readCount, set) };
}

function onOff(set: (isOn: boolean) => TargetOptions): OptionReader {
  const readSwitch = (text: string): boolean | undefined =>
    text === "on" || text === "off" ? text === "on" : undefined;
  return { form: "on or off", read: reader(readSwitch, set) };
}

function reader<T>(
  read: (text: string) => T | undefined,
  set: (value: T) => TargetOptions,
): OptionReader["read"] {
  return (text) => {
    const value = read(text);
    return value === undefined ? undefined : set(value);
  };
}

/** Values have no semicolon: that is where the next option begins. */
function readParam(value: string, { params }: TargetOptions): TargetOptions | undefined {
  const { name, value: text } = nameAndValue(value);
  return name === "" || text === undefined ? undefined : { params: { ...params, [name]: text } };
}

function wrong(where: string, what: string): ConfigError {
  return new ConfigError("routes", `${where}: ${what}`);
}
