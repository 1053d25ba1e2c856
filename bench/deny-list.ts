import type { Workspace } from "./workspace.ts";

const ENTRIES = 50_000;
/** Apart from each other, and none around this machine. */
const FIRST_NETWORK = 0x0b000000;
const STEP = 0x400;

/** A file of as many denied networks as public lists of bad addresses have. @returns Its path. */
export function denyList(workspace: Workspace): string {
  const lines = Array.from({ length: ENTRIES }, (_, index) => `${dotted(FIRST_NETWORK + index * STEP)}/24\n`);
  return workspace.write("deny.txt", lines.join(""));
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join(".");
}
