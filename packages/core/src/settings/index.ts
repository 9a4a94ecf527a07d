export { type ConfigIssues, configError, printPath, type SettingPath } from "./config-issues.ts";
