import { outputFormats } from "@weft-nlp/core/formats";

/** What the server can write corrections in. */
export const annotationFormats: readonly { readonly name: string; readonly title: string }[] = [...outputFormats];
