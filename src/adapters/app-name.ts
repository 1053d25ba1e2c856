/** An application module as named on the command line. */
export interface AppName {
  readonly file: string;
  /** The export to use; `undefined`: `application`, then the default export. */
  readonly callable: string | undefined;
  /** The export is called, and what it returns is the application. */
  readonly isFactory: boolean;
}

/** Take `file.ts:callable` or `file.ts:factory()` apart. The colon counts only behind a file name, so that paths may contain one. */
export function parseAppName(name: string): AppName {
  const [, file, callable, call] = /^(.*\.[a-z]+):([A-Za-z_$][\w$]*)(\(\))?$/.exec(name) ?? [];
  if (file === undefined) return { file: name, callable: undefined, isFactory: false };
  return { file, callable, isFactory: call !== undefined };
}
