import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import type { OpenedFile } from "../files/confined-open.ts";
import type { FileFacts } from "../files/validators.ts";
import { CODING_SUFFIX, type ContentCoding } from "./content-coding.ts";
import { describeFile, type FileTraits } from "./describe-file.ts";
import { mediaType } from "./media-types.ts";
import type { Content, Form, ServedFile } from "./served-file.ts";
import { readSmallFile } from "./small-file.ts";
import { openBelow, type StaticRoot } from "./static-root.ts";

/** Where a file is, and how it is described. */
export interface FilePlace {
  readonly root: StaticRoot;
  readonly segments: readonly string[];
  /** Forms that are looked for beside it, in the order of preference. */
  readonly codings: readonly ContentCoding[];
  /** Media types by the ending of a name; they go before ours. */
  readonly types: Readonly<Record<string, string>>;
  readonly cacheControl: string | undefined;
}

/** Larger files are read while they are sent. */
const SMALL_BYTES = 65_536;
/** Up to this size, content is kept as text. */
const TEXT_BYTES = 16_384;

/**
 * Look for the compressed forms of an open file, and read what is small. What stays open is closed by whoever sends it; when this
 * fails, everything is closed.
 */
export async function loadFile(opened: OpenedFile, place: FilePlace): Promise<ServedFile> {
  const handles = [opened.handle];
  try {
    const beside: [ContentCoding, OpenedFile][] = [];
    for (const coding of place.codings) {
      const form = await openBeside(coding, place);
      if (form === undefined) continue;
      handles.push(form.handle);
      // One that is older than its file was made of an earlier one.
      if (form.stats.mtimeMs >= opened.stats.mtimeMs) beside.push([coding, form]);
      else await form.handle.close();
    }
    const traits = traitsOf(place, beside.length > 0);
    const plain = await readForm(opened, undefined, traits);
    const compressed: Form[] = [];
    for (const [coding, form] of beside) compressed.push(await readForm(form, coding, traits));
    const isInMemory = [plain, ...compressed].every(({ content }) => content.type !== "handle");
    return { plain, compressed, isInMemory };
  } catch (error) {
    await Promise.allSettled(handles.map((handle) => handle.close()));
    throw error;
  }
}

async function openBeside(
  coding: ContentCoding,
  { root, segments }: FilePlace,
): Promise<OpenedFile | undefined> {
  const name = segments.at(-1);
  if (name === undefined) return undefined;
  const found = await openBelow(root, [...segments.slice(0, -1), name + CODING_SUFFIX[coding]]);
  return found.type === "file" ? found : undefined;
}

function traitsOf({ root, segments, types, cacheControl }: FilePlace, varies: boolean): FileTraits {
  return { contentType: mediaType(segments.at(-1) ?? basename(root.path), types), cacheControl, varies };
}

async function readForm(
  { handle, stats }: OpenedFile,
  coding: ContentCoding | undefined,
  traits: FileTraits,
): Promise<Form> {
  const { facts, content } = await readContent(handle, stats);
  return { coding, content, representation: describeFile(facts, coding, { traits, nowMs: Date.now() }) };
}

async function readContent(
  handle: FileHandle,
  facts: FileFacts,
): Promise<{ facts: FileFacts; content: Content }> {
  const small = facts.size > SMALL_BYTES ? undefined : await readSmallFile(handle, SMALL_BYTES);
  if (small === undefined) return { facts, content: { type: "handle", handle } };
  await handle.close();
  const isText = small.facts.size <= TEXT_BYTES;
  const content: Content = isText
    ? { type: "text", text: small.content.toString("latin1") }
    : { type: "bytes", bytes: small.content };
  return { facts: small.facts, content };
}
