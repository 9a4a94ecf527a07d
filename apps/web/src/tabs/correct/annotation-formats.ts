import { outputFormats } from "@weft/core";

/** What the server can write corrections in. */
export const annotationFormats: readonly { readonly name: string; readonly title: string }[] = Object.values(outputFormats);
