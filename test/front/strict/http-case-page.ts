import type { HttpCase, HttpCases } from "./http-case.ts";

const INTRODUCTION = `# What the front does with a request

Where two programs could read a request in two ways, the front refuses it: what it passes on has one target, one host and one length. It
answers with the status in the table, a page that names the rule, and a line in the log with the same request id; no worker hears of it, the
connection ends, and whatever the client sent behind it is not looked at. Where RFC 9110 and RFC 9112 leave a choice, this is ours.

Written by a test, which sends each of them whole, byte by byte and in random pieces, alone and between other requests: change the cases, not
this page.
`;

/** What comes of every case, for the people who use the front. */
export function casePage(cases: HttpCases): string {
  const tables = Object.entries(cases).map(([heading, rows]) =>
    [
      `\n## ${heading}\n`,
      "| request | answer | worker | connection |",
      "|---|---|---|---|",
      ...rows.map(line),
      "",
    ].join("\n"),
  );
  return INTRODUCTION + tables.join("");
}

function line({ what, answers, served, connection }: HttpCase): string {
  const worker = served.length === 0 ? "" : `${served.length} request${served.length === 1 ? "" : "s"}`;
  return `| ${cell(what)} | ${answers.join(", ")} | ${worker} | ${connection} |`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("*", "\\*").replaceAll("<", "\\<");
}
