import { fileURLToPath } from "node:url";

/** Frames of files below it are ours, and what follows them in a stack has called us. */
const OURS = fileURLToPath(new URL("..", import.meta.url));

const HEADLINE = /^(\/.*:\d+)\n/;
const FRAME = /^ {4}at (?:.*\(|async )?((?:file:\/\/)?\/.*:\d+:\d+)\)?$/gm;
const NOT_COMMONJS =
  /^Cannot use import statement outside a module|^Unexpected token 'export'|^await is only valid in async functions|Top-level await is currently not supported with the "cjs"/;

/**
 * What a module has thrown, for a message: the error, the line of the application's own code that it comes from, and what to do where
 * Node took an ES module for CommonJS. The line is missing where the stack does not tell: for the syntax errors of ES modules, above all.
 */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack = "" } = error;
  const place = HEADLINE.exec(stack)?.[1] ?? applicationFrame(stack);
  const where = place === undefined ? "" : ` (${place})`;
  const advice = NOT_COMMONJS.test(message)
    ? '; it is an ES module: write "type": "module" into package.json, or name the file .mjs or .mts'
    : "";
  return `${name}: ${message}${where}${advice}`;
}

/** @returns `path:line:column` of the frame nearest to the error that is neither ours nor of a package */
function applicationFrame(stack: string): string | undefined {
  for (const [, place = ""] of stack.matchAll(FRAME)) {
    const path = place.startsWith("file:") ? fileURLToPath(place) : place;
    if (path.startsWith(OURS)) return undefined;
    if (!path.includes("/node_modules/")) return path;
  }
  return undefined;
}
