import { isAddressEntry } from "../../net/address-rules.ts";

/** The text of a list of addresses, read. */
export interface AddressList {
  readonly entries: readonly string[];
  /** The numbers of the lines that are no entries, from 1. */
  readonly faults: readonly number[];
}

/** Read a list: an address or a range in each line, `#` begins a comment, empty lines mean nothing. */
export function parseAddressList(text: string): AddressList {
  const entries: string[] = [];
  const faults: number[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const comment = line.indexOf("#");
    const entry = (comment === -1 ? line : line.slice(0, comment)).trim();
    if (entry === "") continue;
    if (isAddressEntry(entry)) entries.push(entry);
    else faults.push(index + 1);
  }
  return { entries, faults };
}
