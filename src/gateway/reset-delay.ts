/**
 * Between the last byte of a response that breaks off and the reset that shows it, in milliseconds. Apache tries to read on behind a head, and forgets
 * the reset when that is where it meets it; Node takes one that comes together with data for an orderly end.
 */
export const RESET_DELAY_MS = 50;
