/** The headings under which `--help` lists flags. Each `add…Flags` names its own with `optionsGroup` before it adds any. */
export const FLAG_GROUPS = {
  application: "Application:",
  listening: "Listening:",
  servers: "Servers:",
  balancing: "Balancing, health and retries:",
  routes: "Routes:",
  access: "Who may come in:",
  limits: "Limits and timeouts:",
  upgrades: "WebSockets and early hints:",
  files: "Files:",
  reports: "Errors and logs:",
  worker: "Worker:",
  processes: "Processes, reload and stop:",
} as const;
