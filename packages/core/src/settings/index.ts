export { type ConfigIssues, configError, printPath, type SettingPath } from "./config-issues.ts";
export { migrateSettings, movedSetting } from "./moved-settings.ts";
