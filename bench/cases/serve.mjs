import { fileURLToPath } from "node:url";
import { numbers } from "../lib/options.mjs";

// Options: --clients 1,8,64 --seconds 4 --threads 2 --model FOLDER
//          --soak MINUTES --deadline 1000 --connections 4000: twice the load that the server can do, once
export const title =
  "weft serve: requests of one sentence (bundled corpus, mean 20 words; bundled model), clients in a process of their own";
export const unit = "requests/s";
export const base = ["one sentence at a time"];

const script = fileURLToPath(new URL("../weft/serve.mjs", import.meta.url));

export function rounds({ soak }) {
  return soak === undefined ? 3 : 1;
}

export function cases({ options }) {
  const given = ["seconds", "threads", "model", "deadline", "connections"].flatMap((name) =>
    options[name] === undefined ? [] : [`--${name}`, options[name]],
  );
  const run = (...args) => ({ command: process.execPath, args: [script, ...given, ...args] });
  if (options.soak !== undefined) return [{ name: `overload for ${options.soak} min`, ...run("--soak", options.soak) }];
  return numbers(options.clients ?? "1,8,64").flatMap((clients) => {
    const group = `${clients} ${clients === 1 ? "client" : "clients"}`;
    return [
      { name: "one sentence at a time", group, ...run("--clients", `${clients}`, "--batch", "1", "--batch-wait", "0") },
      { name: "batched", group, ...run("--clients", `${clients}`) },
    ];
  });
}
