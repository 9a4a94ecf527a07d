import { outputFormats } from "@weft-nlp/core/formats";

/** The formats in which the server exports corrections. */
export const annotationFormats: readonly { readonly name: string; readonly title: string }[] = [...outputFormats];
