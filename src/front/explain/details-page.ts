import { STATUS_CODES } from "node:http";
import type { Advice } from "./advice-rule.ts";
import type { AnsweredRequest } from "./error-answer.ts";
import type { Failure } from "./failure.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text for an HTML page that is sent as one byte per character: what is not ASCII becomes a reference. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']|[^ -~]/g, (char) => ESCAPES[char] ?? `&#${char.charCodeAt(0)};`);
}

/** Whether a client asks for HTML by name, as browsers do. That it takes anything is not enough. */
export function acceptsHtml(accept = ""): boolean {
  return accept.split(",").some((range) => {
    const [type = "", ...params] = range.split(";").map((part) => part.trim().toLowerCase());
    return type === "text/html" && !params.some((param) => /^q=0(?:\.0{0,3})?$/.test(param));
  });
}

/** The page for the person who develops: what happened, what to do, and the facts. */
export function detailsHtml(failure: Failure, { what, next }: Advice, request: AnsweredRequest): string {
  const title = `${failure.status} ${STATUS_CODES[failure.status] ?? "Error"}`;
  const steps = next.map((step) => `<li>${inHtml(step)}</li>\n`).join("");
  const facts = factsOf(failure, request).map(
    ([name, value]) => `<tr><th align="left">${name}</th><td>${escapeHtml(value)}</td></tr>\n`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>${title}</title></head>
<body>
<h1>${title}</h1>
<p><strong>${inHtml(what)}</strong></p>
${steps === "" ? "" : `<h2>What to do</h2>\n<ol>\n${steps}</ol>\n`}<h2>What is known</h2>
<table>
${facts.join("")}</table>
<p>This page is for development: without <code>--error-details</code> a client sees the code and the request id.</p>
</body>
</html>
`;
}

/** The same for programs, and for whoever reads in a terminal. */
export function detailsText(failure: Failure, { what, next }: Advice, id: string): string {
  const steps = next.map((step) => `- ${visible(step)}\n`).join("");
  const facts = factsOf(failure, { id }).map(([name, value]) => `${name}: ${visible(value)}\n`);
  return `${visible(what)}\n${steps}\n${facts.join("")}`;
}

function factsOf(failure: Failure, { id, method, uri }: AnsweredRequest): [name: string, value: string][] {
  const { code, reason, phase, errno, target, sentBytes, receivedBytes, vars, varsBytes } = failure;
  const facts: [string, string | undefined][] = [
    ["code", code],
    ["reason", reason],
    ["request", method === undefined ? undefined : `${method} ${uri ?? ""}`],
    ["request id", id],
    ["server", target],
    ["phase", phase],
    ["errno", errno],
    ["vars", vars === undefined ? undefined : `${vars}, ${varsBytes} bytes`],
    ["sent", sentBytes === undefined ? undefined : `${sentBytes} bytes`],
    ["received", receivedBytes === undefined ? undefined : `${receivedBytes} bytes`],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** What stands between backquotes is code. */
function inHtml(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, "<code>$1</code>");
}

function visible(text: string): string {
  return text.replace(/[^ -~]/g, "?");
}
