import type { FileHandle } from "node:fs/promises";
import type { Conditions } from "../files/conditions.ts";
import type { Representation } from "../files/representation.ts";
import { type ContentCoding, chooseCoding } from "./content-coding.ts";

/** Where the bytes of a form of a file come from. */
export type Content =
  | { readonly type: "bytes"; readonly bytes: Buffer }
  /** The same as text, a character per byte: Node sends it in one write with the head. */
  | { readonly type: "text"; readonly text: string }
  /** Read while it is sent. */
  | { readonly type: "handle"; readonly handle: FileHandle };

/** One form of a file, ready to be sent. */
export interface Form {
  readonly coding: ContentCoding | undefined;
  readonly representation: Representation;
  readonly content: Content;
}

/** A file with its forms, of which there is at least the plain one. */
export interface ServedFile {
  readonly plain: Form;
  /** In the order of preference. */
  readonly compressed: readonly Form[];
  /** Nothing of it is open. */
  readonly isInMemory: boolean;
}

/** The form for this client. */
export function chooseForm({ plain, compressed }: ServedFile, { acceptEncoding }: Conditions): Form {
  if (compressed.length === 0) return plain;
  const available = compressed.flatMap(({ coding }) => (coding === undefined ? [] : [coding]));
  const coding = chooseCoding(acceptEncoding, available);
  return compressed.find((form) => form.coding === coding) ?? plain;
}

/** Bytes of it that are in memory. */
export function bytesInMemory(file: ServedFile): number {
  return formsOf(file).reduce((bytes, { content }) => bytes + sizeOf(content), 0);
}

function sizeOf(content: Content): number {
  if (content.type === "handle") return 0;
  return content.type === "bytes" ? content.bytes.length : content.text.length;
}

/** Close what is open of it, but for one form. */
export async function closeForms(file: ServedFile, except?: Form): Promise<void> {
  const closed = formsOf(file).filter((form) => form !== except);
  // Nothing was written: there is nothing to lose when closing fails.
  const handles = closed.flatMap(({ content }) => (content.type === "handle" ? [content.handle] : []));
  await Promise.allSettled(handles.map((handle) => handle.close()));
}

function formsOf({ plain, compressed }: ServedFile): readonly Form[] {
  return [plain, ...compressed];
}
