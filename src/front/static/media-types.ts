/** Media types by the endings of file names, as registered with IANA. Text is UTF-8. */
const ENDINGS: Readonly<Record<string, string>> = {
  "text/html; charset=utf-8": "html htm shtml",
  "text/css; charset=utf-8": "css",
  "text/javascript; charset=utf-8": "js mjs cjs",
  "text/plain; charset=utf-8": "txt text log conf ini",
  "text/markdown; charset=utf-8": "md markdown",
  "text/csv; charset=utf-8": "csv",
  "text/tab-separated-values; charset=utf-8": "tsv",
  "text/calendar; charset=utf-8": "ics",
  "text/vcard; charset=utf-8": "vcf",
  "text/vtt; charset=utf-8": "vtt",
  "text/xml; charset=utf-8": "xml xsl",
  "application/json": "json map",
  "application/ld+json": "jsonld",
  "application/geo+json": "geojson",
  "application/manifest+json": "webmanifest",
  "application/yaml": "yaml yml",
  "application/toml": "toml",
  "application/xhtml+xml; charset=utf-8": "xhtml",
  "application/atom+xml; charset=utf-8": "atom",
  "application/rss+xml; charset=utf-8": "rss",
  "application/wasm": "wasm",
  "application/pdf": "pdf",
  "application/postscript": "ps eps ai",
  "application/rtf": "rtf",
  "application/epub+zip": "epub",
  "application/zip": "zip",
  "application/gzip": "gz tgz",
  "application/x-brotli": "br",
  "application/zstd": "zst",
  "application/x-bzip2": "bz2",
  "application/x-xz": "xz",
  "application/x-tar": "tar",
  "application/x-7z-compressed": "7z",
  "application/vnd.rar": "rar",
  "application/java-archive": "jar",
  "application/vnd.android.package-archive": "apk",
  "application/msword": "doc",
  "application/vnd.ms-excel": "xls",
  "application/vnd.ms-powerpoint": "ppt",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.presentation": "odp",
  "application/vnd.apple.mpegurl": "m3u8",
  "application/dash+xml": "mpd",
  "image/svg+xml": "svg",
  "image/png": "png",
  "image/apng": "apng",
  "image/jpeg": "jpg jpeg jpe",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/heic": "heic",
  "image/jxl": "jxl",
  "image/bmp": "bmp",
  "image/tiff": "tif tiff",
  "image/x-icon": "ico cur",
  "font/woff": "woff",
  "font/woff2": "woff2",
  "font/ttf": "ttf",
  "font/otf": "otf",
  "font/collection": "ttc",
  "application/vnd.ms-fontobject": "eot",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/aac": "aac",
  "audio/ogg": "ogg oga opus",
  "audio/flac": "flac",
  "audio/wav": "wav",
  "audio/webm": "weba",
  "audio/midi": "mid midi",
  "video/mp4": "mp4 m4v",
  "video/webm": "webm",
  "video/ogg": "ogv",
  "video/mpeg": "mpg mpeg",
  "video/mp2t": "m2ts",
  "video/quicktime": "mov",
  "video/x-msvideo": "avi",
  "video/matroska": "mkv",
  "model/gltf+json": "gltf",
  "model/gltf-binary": "glb",
};

const UNKNOWN = "application/octet-stream";

const types = new Map(
  Object.entries(ENDINGS).flatMap(([type, endings]) =>
    endings.split(" ").map((ending) => [ending, type] as const),
  ),
);

/**
 * The Content-Type for a file of this name.
 *
 * @param own - Further types, by the ending of the name in lower case; they go before ours.
 */
export function mediaType(name: string, own: Readonly<Record<string, string>> = {}): string {
  const dot = name.lastIndexOf(".");
  if (dot < 1) return UNKNOWN;
  const ending = name.slice(dot + 1).toLowerCase();
  return (Object.hasOwn(own, ending) ? own[ending] : types.get(ending)) ?? UNKNOWN;
}
