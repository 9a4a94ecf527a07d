// `<weft-arcs>` as a React component: `npm install weft-nlp react`. Works with React 16 and later,
// and with Preact. The element draws in the browser only, so rendering on a server is safe.
import { useEffect, useRef } from "react";
import "weft-nlp/arcs";

const nothing = () => undefined;

/**
 * A sentence with its entities and relations.
 *
 * `onSelect` gets `{ kind, index }` or null. With `onMark` or `onRelate`, the drawing is editable:
 * they get `{ start, end, entity }` in tokens, and `{ head, tail }`.
 */
export function Arcs({ document, types = [], onSelect = nothing, onMark, onRelate }) {
  const element = useRef(null);
  useEffect(() => {
    // Objects go to properties: as attributes, they would have to be JSON.
    element.current.types = types;
    element.current.document = document;
  }, [document, types]);
  useEffect(() => {
    const drawing = element.current;
    const handlers = { "weft-select": onSelect, "weft-mark": onMark ?? nothing, "weft-relate": onRelate ?? nothing };
    const listeners = Object.entries(handlers).map(([name, handle]) => [name, (event) => handle(event.detail)]);
    for (const [name, listen] of listeners) drawing.addEventListener(name, listen);
    return () => {
      for (const [name, listen] of listeners) drawing.removeEventListener(name, listen);
    };
  }, [onSelect, onMark, onRelate]);
  const editable = onMark !== undefined || onRelate !== undefined;
  return <weft-arcs ref={element} editable={editable ? "" : undefined} label="The sentence" />;
}
