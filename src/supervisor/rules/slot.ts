import type { Member } from "./member.ts";

/** A place in a fleet: the process that serves there, and the one that is to follow it. */
export interface Slot {
  readonly worker: number;
  current: Member | undefined;
  next: Member | undefined;
  /** Why {@link current} is to be replaced. */
  mustReplace: string | undefined;
  /** Nothing is started here before this point in time: what was started last failed. */
  notBefore: number;
}

export function emptySlot(worker: number): Slot {
  return { worker, current: undefined, next: undefined, mustReplace: undefined, notBefore: 0 };
}

/** Whether it is time to start a process where there is none. */
export function isVacant(slot: Slot, now: number): boolean {
  return !slot.current && !slot.next && slot.notBefore <= now;
}

/** Whether a replacement was asked for and has not been started. */
export function awaitsReplacement(slot: Slot, now: number): boolean {
  return slot.mustReplace !== undefined && slot.current !== undefined && !slot.next && slot.notBefore <= now;
}
