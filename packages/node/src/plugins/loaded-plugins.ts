import { fileURLToPath } from "node:url";
import { ConfigError, WeftError } from "@weft-nlp/core";
import { type Plugin, registry } from "@weft-nlp/core/registry";

/** The plugins of this thread by URL, in the order in which they were loaded. */
const loaded = new Map<string, Promise<void>>();

/**
 * The URLs of all plugins that this thread has loaded. A thread that it starts loads the same ones
 * first.
 */
export function loadedPlugins(): readonly string[] {
  return [...loaded.keys()];
}

/**
 * Imports plugins by their URLs, in this order, and lets each of them register. A plugin that this
 * thread has loaded already is skipped.
 *
 * @throws {ConfigError} SETTING_INVALID when a module cannot be loaded, has no `register`, or that
 *   fails
 */
export async function importPlugins(urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    let loading = loaded.get(url);
    if (loading === undefined) {
      loading = importPlugin(url);
      loaded.set(url, loading);
    }
    try {
      await loading;
    } catch (error) {
      loaded.delete(url);
      throw error;
    }
  }
}

async function importPlugin(url: string): Promise<void> {
  const module = await imported(url);
  if (!isPlugin(module)) {
    throw invalid(url, "this plugin exports no function `register`", {
      hint: "export function register(registry) { registry.model(…) }; docs/extending.md has an example",
    });
  }
  try {
    await module.register(registry);
  } catch (cause) {
    const [said, hint] = cause instanceof WeftError ? [cause.summary, cause.hint] : [wordsOf(cause), undefined];
    throw invalid(url, `\`register\` of this plugin failed: ${said}`, { hint: hint ?? "correct the plugin", cause });
  }
}

async function imported(url: string): Promise<unknown> {
  try {
    return await import(/* @vite-ignore */ url);
  } catch (cause) {
    throw invalid(url, `this plugin cannot be loaded: ${wordsOf(cause)}`, {
      hint: "a plugin is an ES module in JavaScript; what it imports must be installed next to it",
      cause,
    });
  }
}

function isPlugin(module: unknown): module is { readonly register: Plugin } {
  return typeof module === "object" && module !== null && "register" in module && typeof module.register === "function";
}

function invalid(url: string, message: string, { hint, cause }: { hint: string; cause?: unknown }): ConfigError {
  return new ConfigError("SETTING_INVALID", { at: { source: fileURLToPath(url) }, message, hint, cause });
}

function wordsOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
