import type { Shard } from "../types.ts";

/** What a batch keeps for a shard. */
export type ShardFile = "part" | "quarantine" | "aggregates" | "manifest" | "losses";

const endings = {
  part: "",
  quarantine: ".jsonl",
  aggregates: ".parquet",
  manifest: ".json",
  losses: "",
} as const satisfies Record<ShardFile, string>;
const folders = {
  part: "parts",
  quarantine: "quarantine",
  aggregates: "aggregates",
  manifest: "manifest",
  losses: "losses",
} as const satisfies Record<ShardFile, string>;

/**
 * The name of a file of a shard: `parts/012/012345.jsonl`, `parts/012/012345.0.1.jsonl` for a part
 * of a shard that was split. In the order of names, parts are in the order of the input.
 *
 * @param ending that of the output format; only parts have it
 */
export function shardFile(what: ShardFile, id: string, ending = ""): string {
  const [root = "", ...halves] = id.split("/");
  const number = root.padStart(width, "0");
  const folder = number.slice(0, -3);
  return `${folders[what]}/${folder}/${[number, ...halves].join(".")}${what === "part" ? ending : endings[what]}`;
}

/** The id in the name of a shard's file. */
export function shardOfFile(name: string): string {
  const [number = "", ...rest] = name.slice(name.lastIndexOf("/") + 1).split(".");
  const halves = rest.filter((part) => part === "0" || part === "1");
  return [String(Number(number)), ...halves].join("/");
}

/** Enough for 2·10^11 records in shards of the default size. */
const width = 7;

/** The folder that holds all files of a kind. */
export function folderOf(what: ShardFile): string {
  return folders[what];
}

/** Whether nothing of the output comes before a shard. */
export function isFirst({ id }: Pick<Shard, "id">): boolean {
  return /^0(?:\/0)*$/.test(id);
}

/** The number of the shard in the plan that a shard is, or was split from. */
export function rootOf(id: string): number {
  return Number(id.split("/", 1)[0]);
}
