/// The look of the page: system fonts, one accent, light and dark, phone and print.
enum ReportStyle {
  static let css = """
    :root { color-scheme: light dark;
      --ground: #fbfaf8; --card: #ffffff; --ink: #1d2126; --soft: #5d6670; --line: #dfe2e5;
      --c0: #0b6e99; --c1: #c2571a; --c2: #5b8c2a; --c3: #8d4fa8; --c4: #7a828b; --wash: #eaf3f7; }
    @media (prefers-color-scheme: dark) { :root {
      --ground: #14171a; --card: #1b1f23; --ink: #e7eaed; --soft: #a2abb5; --line: #33393f;
      --c0: #5ab8e0; --c1: #ef9355; --c2: #9cc96a; --c3: #c79be0; --c4: #98a1ab; --wash: #1d2b33; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--ground); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 40px 20px 80px; }
    header h1 { font-size: 1.1rem; font-weight: 600; color: var(--soft); margin: 0 0 12px; }
    .headline { font-size: clamp(1.45rem, 3.6vw, 2.15rem); line-height: 1.25; font-weight: 650;
      letter-spacing: -.015em; margin: 0 0 24px; text-wrap: balance; }
    .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; }
    .numbers div { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
      padding: 14px 16px; }
    .numbers b { display: block; font-size: 1.65rem; font-weight: 650; letter-spacing: -.02em;
      font-variant-numeric: tabular-nums; }
    .numbers span, small, figcaption, .lead, .meta { color: var(--soft); }
    .numbers span, figcaption { font-size: .86rem; }
    .banner { background: #8f1d1d; color: #fff; border-radius: 10px; padding: 14px 18px;
      font-weight: 650; margin: 0 0 24px; }
    section { margin-top: 52px; }
    h2 { font-size: 1.3rem; margin: 0 0 4px; letter-spacing: -.01em; }
    .lead { margin: 0 0 16px; max-width: 68ch; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .86rem;
      font-variant-numeric: tabular-nums; }
    th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; }
    th, td { padding: 7px 11px 7px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    td { white-space: nowrap; } td.wide, td:last-child { white-space: normal; }
    small { font-size: .78em; margin-left: .25em; }
    tr.mine td { background: var(--wash); font-weight: 600; }
    figure { margin: 0 0 20px; } svg { width: 100%; height: auto; display: block; }
    svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
    svg .name { font-weight: 600; }
    .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 28px; }
    .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 16px; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: 12px;
      padding: 18px 20px; }
    .card h3 { margin: 0 0 2px; font-size: 1rem; } .card h4 { margin: 16px 0 4px; font-size: .8rem;
      color: var(--soft); font-weight: 600; }
    .tag { display: inline-block; background: var(--wash); border-radius: 99px; padding: 2px 11px;
      margin: 0 5px 5px 0; font-size: .85rem; }
    .card ol { margin: 0; padding-left: 1.3em; } .card li { margin-bottom: 7px; }
    .why { display: block; color: var(--soft); font-size: .82rem; line-height: 1.4; }
    .bar { display: grid; grid-template-columns: 9em 1fr 3em; gap: 8px; font-size: .84rem;
      align-items: center; } .bar i { background: var(--c0); height: 7px; border-radius: 4px; }
    pre { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px;
      overflow-x: auto; font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
    code { font: .9em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
    @media print { body { background: #fff; font-size: 11pt; } main { max-width: none; padding: 0; }
      section, .card, figure { break-inside: avoid; } }
    """
}
