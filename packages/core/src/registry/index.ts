export { type Plugin, type Registry, registry } from "./registry.ts";
