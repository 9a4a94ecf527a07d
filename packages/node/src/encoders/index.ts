export { cacheFolder } from "./cache-folder.ts";
export { openEncoderFolder } from "./encoder-folder.ts";
export {
  type AddEncoderOptions,
  type AddedEncoder,
  addEncoderFolder,
  type FetchEncoderOptions,
  fetchEncoder,
  listEncoders,
  removeEncoder,
  type StoredEncoder,
  shownName,
} from "./encoder-store.ts";
export { cacheLimit, listFeatureFiles, parseBytes, trimFeatures } from "./feature-files.ts";
export { isEncoderName, publicHub } from "./hub-address.ts";
