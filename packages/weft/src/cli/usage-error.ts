// The entry of the package has everything; a bundle keeps what one module of ours names.
export { UsageError } from "@weft-nlp/node/errors";
