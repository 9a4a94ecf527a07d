import { declareCommand } from "../declaration.ts";

export const encoderAddCommand = declareCommand({
  name: "encoder add",
  group: "Encoders",
  summary: "download a pretrained encoder by its name, or copy one from a folder, into the cache",
  details:
    "An encoder is three files: config.json, tokenizer.json and model.safetensors, of the BERT family. A name is that of a repository on " +
    "the hub (owner/model); a path begins with ., / or ~, or names a folder that exists. Run the same command again to continue a " +
    "download that was interrupted. The SHA-256 of the weights is shown and kept. WEFT_HUB names another hub than " +
    "https://huggingface.co, and WEFT_CACHE another cache.",
  arguments: { encoder: { description: "the encoder's name on the hub, or the path of its folder" } },
  options: {
    revision: { value: "name", description: "the branch, tag or commit to download", default: "main" },
    mirror: { value: "url", description: "download from this hub", defaultWords: "WEFT_HUB, then https://huggingface.co" },
    sha256: { value: "hex", description: "refuse weights with any other SHA-256" },
    maxBytes: { value: "size", description: "refuse larger weights, such as 500MB", defaultWords: "4GiB" },
    offline: { description: "download nothing: succeed only if the encoder is in the cache" },
  },
  json: true,
  examples: [
    ["weft encoder add sentence-transformers/all-MiniLM-L6-v2", "download MiniLM: 91 MB"],
    ["weft encoder add ./my-encoder", "copy a folder of your own"],
    ["weft encoder add bert-base-cased --mirror https://hub.example.org", "download from another hub"],
  ],
});
