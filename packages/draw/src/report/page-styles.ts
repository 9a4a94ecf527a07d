/** The styles of a report, for light and dark schemes, print, and narrow screens. */
export const pageStyles = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2430;--soft:#55606e;--line:#d5dae1;--panel:#f5f7f9;--link:#1a5fb4;--heat:26,95,180;--bad:#a3252f;--head:#ffe2a8;--tail:#cfe6ff}
@media (prefers-color-scheme:dark){:root{--paper:#12161c;--ink:#e8ecf1;--soft:#a3aebb;--line:#323a45;--panel:#1a2028;--link:#8cbcf5;--heat:110,170,245;--bad:#ff9aa2;--head:#5f4a14;--tail:#1d456e}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1240px;padding:1.5rem 1.25rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}h2{font-size:1.25rem;margin:2.5rem 0 .5rem}h3{font-size:1rem;margin:1.25rem 0 .5rem}
p{max-width:75ch;margin:.4rem 0}.soft,figcaption,small{color:var(--soft)}
a{color:var(--link)}nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:.75rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1.25rem;margin:.75rem 0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.28rem .7rem;text-align:right;border-bottom:1px solid var(--line);vertical-align:top}
th:first-child,td:first-child{text-align:left;padding-left:0}thead th{color:var(--soft);font-weight:600;font-size:.88rem}tbody th{font-weight:600}
td.words{text-align:left;color:var(--soft);font-size:.92rem;padding-top:0}td .range{display:block;color:var(--soft);font-size:.82rem;white-space:nowrap}.joined td,.joined th{border-bottom:0}
.better{font-weight:600}
summary{cursor:pointer;font-weight:600;padding:.4rem 0}details{border-top:1px solid var(--line)}details[open]{padding-bottom:1rem}
.cuts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:1rem 2rem}.cuts .wide{grid-column:1/-1}.cuts svg,.picture svg{max-width:100%;height:auto}
.matrix td{vertical-align:middle}.matrix td,.matrix thead th{text-align:center;padding:0;border:1px solid var(--paper)}.matrix thead th{padding:.2rem .4rem;min-width:5.4rem;max-width:9rem;overflow-wrap:anywhere}
.matrix button{all:unset;box-sizing:border-box;display:block;width:100%;min-width:2.6rem;padding:.3rem .4rem;cursor:pointer;text-align:center}.matrix .right button{font-weight:700}
button:focus-visible,.matrix button:focus-visible,select:focus-visible,input:focus-visible,summary:focus-visible,a:focus-visible{outline:3px solid var(--link);outline-offset:1px}
form{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.6rem 1rem;align-items:end;padding:.7rem .9rem;background:var(--panel);border:1px solid var(--line);border-radius:10px}
form[hidden]{display:none}label{display:grid;font-size:.85rem;color:var(--soft);gap:.15rem}
input,select,.plain{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:7px;padding:.3rem .5rem;max-width:15rem}
.plain{cursor:pointer}#review-status{margin:.6rem 0;color:var(--soft)}
#review-list{list-style:none;padding:0;margin:0}.sentence{border-top:1px solid var(--line);padding:.6rem 0 .8rem}.sentence h3{margin:.2rem 0 .4rem;font-size:.95rem}.sentence:focus{outline:none}
.badge{font-weight:400;font-size:.82rem;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:.05rem .6rem;white-space:nowrap}
.columns{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.rows{display:grid;gap:.25rem}figure{margin:0;min-width:0}figure svg{max-width:100%;height:auto;display:block}
figcaption{font-size:.85rem}.findings{margin:.4rem 0 0;padding-inline-start:1.2rem;font-size:.92rem}.findings strong{color:var(--bad);font-weight:600}.part{font-weight:600}.types{color:var(--soft)}
.text{max-width:none;white-space:pre-wrap}mark{color:inherit;border-radius:4px;padding:.1rem .25rem}mark.head{background:var(--head)}mark.tail{background:var(--tail);text-decoration:underline dotted}mark small{margin-inline-start:.35em;color:inherit}
@media (max-width:760px){.columns{grid-template-columns:1fr}form{position:static}}
@media print{form,nav,#review-more{display:none!important}body{max-width:none;padding:0;font-size:11pt}.sentence,.cuts>*,table{break-inside:avoid}h2,h3{break-after:avoid}}
`;
