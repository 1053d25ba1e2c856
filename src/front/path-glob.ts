const GLOB_TOKEN = /\*\*|\*|\?|[\\^$.|+()[\]{}]/g;

/**
 * Compile a pattern for paths: `*` stands for any characters but a slash, `**` for any, `?` for one. A pattern that begins with a slash is
 * for whole paths, any other one for their last part.
 */
export function compileGlob(glob: string): RegExp {
  const body = glob.replace(GLOB_TOKEN, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    return token === "?" ? "[^/]" : `\\${token}`;
  });
  return new RegExp(`${glob.startsWith("/") ? "^" : "(?:^|/)"}${body}$`, "su");
}
