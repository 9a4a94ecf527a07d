import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbers } from "../lib/options.mjs";

export const options = {
  "--clients 1,8,64": "",
  "--seconds 4": "",
  "--threads 2": "",
  "--models rin,joint-nn-128,joint-nn-256,FOLDER": "",
  "--soak MINUTES": "once, at twice the server's capacity",
  "--deadline 1000": "with --soak",
  "--connections 4000": "with --soak",
};
export const title = "weft serve: requests of one sentence (bundled corpus, mean 20 words), clients in a separate process";
export const unit = "requests/s";
export const base = ["one sentence at a time"];

const script = fileURLToPath(new URL("../weft/serve.mjs", import.meta.url));

export function rounds({ soak }) {
  return soak === undefined ? 3 : 1;
}

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** The bundled RIN, and joint networks of realistic sizes, trained briefly. */
const known = {
  rin: () => path("../../examples/model"),
  "joint-nn-128": () => jointNetwork(128),
  "joint-nn-256": () => jointNetwork(256),
};

export function prepare({ models, soak }) {
  const names = (models ?? (soak === undefined ? Object.keys(known).join() : "rin")).split(",");
  return { models: names.map((name) => ({ name, folder: Object.hasOwn(known, name) ? known[name]() : name })) };
}

export function cases({ options: asked, models }) {
  const given = ["seconds", "threads", "deadline", "connections"].flatMap((name) =>
    asked[name] === undefined ? [] : [`--${name}`, asked[name]],
  );
  return models.flatMap(({ name: model, folder }) => {
    const run = (...args) => ({ command: process.execPath, args: [script, "--model", folder, ...given, ...args] });
    const limitMs = (Number(asked.soak) + 5) * 60_000;
    if (asked.soak !== undefined)
      return [{ name: `${model}, overload for ${asked.soak} min`, ...run("--soak", asked.soak), limitMs }];
    return numbers(asked.clients ?? "1,8,64").flatMap((clients) => {
      const group = `${model}, ${clients} ${clients === 1 ? "client" : "clients"}`;
      return [
        { name: "one sentence at a time", group, ...run("--clients", `${clients}`, "--batch", "1", "--batch-wait", "0") },
        { name: "batched", group, ...run("--clients", `${clients}`) },
      ];
    });
  });
}

/** @param units per direction */
function jointNetwork(units) {
  const folder = path(`../../.cache/bench/joint-nn-${units}`);
  if (existsSync(`${folder}/model`)) return folder;
  rmSync(folder, { recursive: true, force: true });
  const settings = [
    `model={name: joint-nn, hiddenSize: ${units}}`,
    "vocabulary.scheme=bilou",
    "training.epochs=15",
    "training.batch=20",
  ];
  const weft = [
    path("../../packages/weft/bin/weft.js"),
    "train",
    path("../../examples/corpus/weft.yaml"),
    "--run",
    folder,
    "--quiet",
  ];
  execFileSync(process.execPath, [...weft, ...settings.flatMap((setting) => ["--set", setting])], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return folder;
}
