/// The style sheet of the report: two themes, print, and narrow screens.
enum ReportStyle {
  static let sheet: Markup = palette + page + tables + charts + cards + adaptation

  /// Colors with at least 4.5:1 contrast to the paper in both themes; told apart by all common
  /// kinds of color vision.
  private static let palette: Markup = """
    :root{color-scheme:light dark;--paper:#fcfbf8;--panel:#f4f2ec;--ink:#1b1f24;--soft:#5b616a;\
    --rule:#e0dcd2;--grid:#ebe8e0;--c1:#1f5f9f;--c2:#b04a12;--c3:#0c7563;--c4:#7a4a9a;--c5:#666b73;\
    --tint:#e6eef6;--warn:#fbe9e1;--halo:#fcfbf8;--shade:#0002}
    @media (prefers-color-scheme:dark){:root{--paper:#14171b;--panel:#1c2026;--ink:#e8e6e1;\
    --soft:#a3a8b0;--rule:#31363e;--grid:#252a31;--c1:#82b6ee;--c2:#ee9f6b;--c3:#62cbb3;\
    --c4:#c7a2e6;--c5:#9aa0a9;--tint:#1d2a38;--warn:#3a231a;--halo:#14171b;--shade:#fff3}}

    """

  private static let page: Markup = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
    body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,-apple-system,\
    "Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:break-word}
    main{max-width:56rem;margin:0 auto;padding:3rem 1.5rem 4rem}
    h1,h2,.numbers b{font-family:ui-serif,"New York","Iowan Old Style",Charter,Georgia,serif;\
    font-weight:500;letter-spacing:-.01em;text-wrap:balance}
    h1{font-size:clamp(1.7rem,4.4vw,2.4rem);line-height:1.2;margin:.6rem 0 2rem}
    h2{font-size:1.6rem;line-height:1.25;margin:0 0 .5rem}
    h3{font-size:1.05rem;margin:2rem 0 .5rem}
    h4{font-size:.78rem;letter-spacing:.04em;color:var(--soft);font-weight:600;\
    margin:1.1rem 0 .35rem}
    section{margin-top:3.5rem;padding-top:2rem;border-top:1px solid var(--rule)}
    .kicker{color:var(--soft);margin:0}
    .lead{font-size:1.12rem;max-width:44rem;margin:0 0 1.5rem;text-wrap:pretty}
    .note,figcaption{color:var(--soft);font-size:.88rem;line-height:1.5;max-width:44rem}
    .banner{background:var(--warn);border-left:5px solid var(--c2);padding:1rem 1.2rem;\
    margin:0 0 2rem;border-radius:2px}
    .banner span{display:block;max-width:44rem}.banner span+span{margin-top:.4rem}
    .banner strong{display:block;color:var(--c2);font-size:1.25rem;letter-spacing:.02em}
    .tag{font-size:.75rem;color:var(--soft);border:1px solid var(--rule);border-radius:1rem;\
    padding:.05rem .55rem;white-space:nowrap}
    .numbers{list-style:none;display:grid;grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr));\
    gap:1.2rem 1rem;margin:0 0 1.5rem;padding:1.1rem 0;border:solid var(--rule);\
    border-width:1px 0}
    .numbers b{display:block;font-size:2.1rem;line-height:1.15;white-space:nowrap}
    .numbers .first b{color:var(--c1)}
    .numbers span{font-size:.85rem;color:var(--soft)}
    nav ol{list-style:none;margin:2rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;\
    font-size:.9rem}
    a{color:var(--c1);text-decoration-color:var(--rule);text-underline-offset:.25em}
    pre{background:var(--panel);border-radius:4px;padding:1rem;overflow-x:auto;font-size:.82rem;\
    line-height:1.5}
    code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.92em}
    .hash{overflow-wrap:anywhere}
    dl{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:1rem 0}
    dl div{min-width:0}
    dt{font-size:.8rem;color:var(--soft)}
    dd{margin:0;font-variant-numeric:tabular-nums}
    footer{margin-top:3.5rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--soft);\
    font-size:.85rem}

    """

  private static let tables: Markup = """
    .scroll{overflow-x:auto;margin:1rem 0}
    table{border-collapse:collapse;width:100%;font-size:.9rem;line-height:1.4}
    caption,.caption{text-align:left;font-weight:600;font-size:.9rem;margin:2rem 0 .3rem}
    .caption+div{margin-top:0}
    th,td{text-align:left;vertical-align:top;padding:.5rem 1.2rem .5rem 0;\
    border-bottom:1px solid var(--rule)}
    th:last-child,td:last-child{padding-right:.4rem}
    thead th{font-weight:500;color:var(--soft);font-size:.82rem;vertical-align:bottom}
    .n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    th.n{white-space:normal}
    td small{display:block;color:var(--soft);font-size:.74rem}
    tr.strong td{background:var(--tint)}
    tr.strong td:first-child{font-weight:600;box-shadow:-.6rem 0 0 var(--tint)}
    .good{color:var(--c3);white-space:nowrap}
    .open{color:var(--c2)}
    .conditions{margin:0 0 2rem;padding-left:1.4rem;max-width:44rem;font-size:.9rem}
    .conditions li+li{margin-top:.3rem}
    .matrix{width:auto}
    .matrix td,.matrix tbody th{padding:.7rem 1rem}
    .matrix thead th{padding:.3rem 1rem}
    .matrix tbody th{font-weight:500;color:var(--soft);padding-left:0}
    .matrix b{font-size:1.25rem;font-weight:500;font-variant-numeric:tabular-nums}
    .matrix .right{background:var(--tint)}

    """

  private static let charts: Markup = """
    figure{margin:1.5rem 0}
    figcaption{margin-top:.4rem}
    .chart{display:block;width:100%;height:auto;max-width:var(--w)}
    figure .chart{max-width:100%}
    .narrow{display:none}
    .pair figure .chart{min-width:17rem;max-width:26rem}
    .chart text{font-size:13px;fill:var(--soft);font-variant-numeric:tabular-nums}
    .chart .axis-title{fill:var(--ink);font-size:12.5px}
    .chart .group,.chart .value{fill:var(--ink)}
    .chart .strong{font-weight:600}
    .axis{stroke:var(--c5);stroke-width:1}
    .grid{stroke:var(--grid);stroke-width:1}
    .reference{stroke:var(--c5);stroke-width:1.2;stroke-dasharray:5 4}
    .line{fill:none;stroke-width:1.8;stroke-linejoin:round;stroke-linecap:round}
    .line.strong{stroke-width:2.8}
    .interval{stroke-width:1.4;opacity:.55}
    .mark{stroke:var(--paper);stroke-width:1.2}
    .area{opacity:.1}
    .hatch{stroke:var(--c2);stroke-width:1;opacity:.35}
    .whisker{stroke:var(--ink);stroke-width:1.3;opacity:.6}
    .chart .halo{paint-order:stroke;stroke:var(--halo);stroke-width:5px;stroke-linejoin:round}
    .line.c1,.interval.c1{stroke:var(--c1)}.line.c2,.interval.c2{stroke:var(--c2)}
    .line.c3,.interval.c3{stroke:var(--c3)}.line.c4,.interval.c4{stroke:var(--c4)}
    .line.c5,.interval.c5{stroke:var(--c5)}
    .mark.c1,.bar.c1,.area.c1,.chart .label.c1{fill:var(--c1)}
    .mark.c2,.bar.c2,.area.c2,.chart .label.c2{fill:var(--c2)}
    .mark.c3,.bar.c3,.area.c3,.chart .label.c3{fill:var(--c3)}
    .mark.c4,.bar.c4,.area.c4,.chart .label.c4{fill:var(--c4)}
    .mark.c5,.bar.c5,.area.c5,.chart .label.c5{fill:var(--c5)}

    """

  private static let cards: Markup = """
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));\
    gap:0 2.5rem;align-items:start}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,16rem),1fr));gap:1rem}
    .card{background:var(--panel);border-radius:8px;padding:1.2rem;font-size:.92rem;min-width:0;\
    display:flex;flex-direction:column}
    .card h3{margin:0;font-size:1.1rem}
    .card ol{margin:0;padding-left:1.3rem}
    .card li+li{margin-top:.45rem}
    .card ol b{font-weight:500}
    .card small,.kinds,.habits{color:var(--soft);font-size:.8rem}
    .card ol small,.kinds{display:block;line-height:1.4}
    .habits{margin:.1rem 0 0}
    .card .chips{list-style:none;display:flex;flex-wrap:wrap;gap:.35rem;margin:0;padding:0}
    .card .chips li{margin:0;background:var(--paper);border:1px solid var(--rule);\
    border-radius:1rem;padding:.1rem .65rem}
    .card .meters{list-style:none;margin:0;padding:0;font-size:.85rem}
    .card .meters li{display:grid;grid-template-columns:6.5rem 1fr 2.6rem;gap:.5rem;\
    align-items:center;margin:0}
    .meters i,.gauge i{height:6px;background:var(--rule);border-radius:3px;position:relative}
    .meters b{display:block;height:6px;background:var(--c1);border-radius:3px}
    .meters em{font-style:normal;text-align:right;font-variant-numeric:tabular-nums}
    .card .parts{margin-top:.4rem}
    .card .parts li{grid-template-columns:minmax(6.5rem,1.4fr) 1fr 2.9rem;line-height:1.25}
    .card .shares em{white-space:nowrap}
    .card .shares li{grid-template-columns:minmax(6.5rem,1.4fr) 1fr 7rem}
    .card .parts li+li{margin-top:.35rem}
    .parts i::after{content:"";position:absolute;left:50%;top:-3px;width:1px;height:12px;\
    background:var(--soft)}
    .meters .against{background:var(--c2)}
    .gauge{display:grid;grid-template-columns:auto 1fr auto;gap:.6rem;align-items:center;margin:0;\
    font-size:.8rem;color:var(--soft)}
    .gauge b{position:absolute;top:-3px;width:12px;height:12px;margin-left:-6px;border-radius:6px;\
    background:var(--c1)}
    .outcome{margin:auto 0 0;padding-top:1rem}
    .outcome.hit{color:var(--c3)}

    """

  private static let adaptation: Markup = """
    @media screen and (max-width:40rem){.wide{display:none}.narrow{display:block}\
    .scroll{background:linear-gradient(to left,var(--paper) 40%,transparent) right/3rem 100% \
    no-repeat local,linear-gradient(to left,var(--shade),transparent) right/1.1rem 100% no-repeat}\
    .scroll th:first-child,.scroll td:first-child{position:sticky;left:0;max-width:8.5rem;\
    background:var(--paper);box-shadow:1px 0 0 var(--rule);padding-right:.6rem}\
    .scroll table{border-collapse:separate;border-spacing:0}\
    .prose thead{display:none}.prose tr{display:block;padding:.7rem 0;\
    border-bottom:1px solid var(--rule)}.prose td{display:block;border:0;padding:.15rem 0}\
    .prose .blank{display:none}.scroll .tag{white-space:normal}\
    .prose td::before{content:attr(data-title);display:block;color:var(--soft);font-size:.78rem}\
    .scroll tr.strong td:first-child{background:var(--tint);box-shadow:1px 0 0 var(--rule)}\
    main{padding:1.6rem 1rem 3rem}section{margin-top:2.4rem;\
    padding-top:1.6rem}.numbers b{font-size:1.7rem}.matrix td,.matrix tbody th,\
    .matrix thead th{padding:.5rem .6rem}td:not(.n):first-child{min-width:7rem}}
    @media print{:root{color-scheme:light;--paper:#fff;--panel:#fff;--ink:#000;--soft:#444;\
    --rule:#ccc;--grid:#e4e4e4;--c1:#1f5f9f;--c2:#b04a12;--c3:#0c7563;--c4:#7a4a9a;--c5:#555;\
    --tint:#f0f4f8;--warn:#fff;--halo:#fff}html{font-size:78%}body{font-size:1rem}\
    th,td{padding-right:.7rem}.tag{white-space:normal}main{max-width:none;padding:0}\
    nav{display:none}.scroll,pre{overflow:visible}pre{white-space:pre-wrap}\
    figure,.card,tr,.numbers,.lead,.note,dl,.banner{break-inside:avoid}h2,h3,h4,.lead,.caption,\
    thead{break-after:avoid}.cards{display:block}.card{margin:0 0 1rem;padding:.8rem;\
    font-size:.82rem;border:1px solid var(--rule)}.card li+li{margin-top:.2rem}*{print-color-adjust:exact}}

    """
}
