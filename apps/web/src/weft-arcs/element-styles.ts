import { svgStyles, type Theme } from "@weft-nlp/draw";

const sheets = new Map<Theme, CSSStyleSheet>();

/**
 * The style sheet of the element, created once for each theme. Adopted sheets are allowed even if a
 * content policy forbids style elements.
 */
export function elementStyles(theme: Theme): CSSStyleSheet {
  const known = sheets.get(theme);
  if (known !== undefined) return known;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${svgStyles({ theme })}\n${own}`);
  sheets.set(theme, sheet);
  return sheet;
}

const own = `
:host{display:block;position:relative;overflow-x:auto}
:host([hidden]){display:none}
svg{display:block;height:auto}
.rtl svg{margin-inline-start:auto}
[data-entity],[data-relation]{cursor:pointer;outline:none}
text{text-rendering:geometricPrecision}
.weft-word{pointer-events:none}
.suggested rect{stroke-dasharray:4 3;fill-opacity:.45}
.suggested .weft-arc{stroke-dasharray:4 3}
.editable{outline:none;cursor:text;user-select:none;-webkit-user-select:none;touch-action:pan-y}
.editable:focus-visible{outline:2px solid var(--weft-focus,#2d55c8);outline-offset:-2px;border-radius:8px}
.editable .weft-entity,.editable .weft-link{touch-action:none}
.editable .weft-entity{cursor:grab}
.editable .weft-arc{pointer-events:stroke}
.editable .dim{opacity:1}
.chosen{fill:var(--weft-focus,#2d55c8);fill-opacity:.16;stroke:var(--weft-focus,#2d55c8);stroke-opacity:.7;pointer-events:none}
.target rect{stroke:var(--weft-focus,#2d55c8);stroke-width:3}
.drag{fill:none;stroke:var(--weft-focus,#2d55c8);stroke-width:2;stroke-dasharray:5 3;pointer-events:none}
[data-entity] rect,.weft-arc{transition:stroke-width .12s}
.on rect{stroke-width:2.6}
.on .weft-arc{stroke-width:2.4}
.on .weft-stroke{opacity:1}
.on .weft-relation{font-weight:700;fill:var(--weft-ink)}
.dim{opacity:.28}
[data-part]:focus-visible rect{stroke:var(--weft-ink);stroke-width:2.6;stroke-dasharray:4 2}
[data-part]:focus-visible .weft-arc{stroke:var(--weft-ink);stroke-width:2.4}
[data-part]:focus-visible .weft-relation{text-decoration:underline;fill:var(--weft-ink)}
.tip{position:fixed;z-index:10;pointer-events:none;max-width:22rem;padding:.3rem .55rem;border-radius:6px;font:13px/1.4 system-ui,sans-serif;background:#1c2430;color:#f4f6f8;box-shadow:0 2px 10px rgb(0 0 0/.28)}
.weft-dark~.tip{background:#e8ecf1;color:#12161c}
.fault{font:14px/1.5 system-ui,sans-serif;margin:0}
@media (prefers-reduced-motion:reduce){*{transition:none!important}}
`;
