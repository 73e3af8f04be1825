/** The page's whole style; the page's policy allows it by its hash. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c2430; --quiet: #55606e; --line: #d5dbe3; --raised: #f3f5f8;
  --link: #0b5cad; --get: #0b5cad; --post: #8a4b00; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161c; --text: #e4e9f0; --quiet: #a3aebb; --line: #313a46; --raised: #1b212a; --link: #7db8f5;
    --get: #7db8f5; --post: #f0b368; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { position: static; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 1.05rem; margin: 0; }
h3 code { font-weight: 600; }
h4 { font-size: 0.95rem; margin: 1rem 0 0.25rem; }
p { margin: 0.35rem 0; }
code, pre { font: 0.9em/1.5 ui-monospace, monospace; }
pre { margin: 0.25rem 0; padding: 0.75rem; background: var(--raised); border-radius: 6px; white-space: pre-wrap; }
section section { padding: 1rem 0; border-top: 1px solid var(--line); }
.get { color: var(--get); } .post { color: var(--post); }
.quiet, dt span { color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: inline-block; padding: 0.2rem 0; }
dl { margin: 0.25rem 0; }
dt { margin-top: 0.35rem; }
dd { margin: 0 0 0 1rem; color: var(--quiet); }
dd dl { border-left: 2px solid var(--line); padding-left: 0.75rem; color: var(--text); }
@media (min-width: 60rem) {
  body { display: grid; grid-template-columns: 17rem minmax(0, 1fr); column-gap: 2.5rem; align-content: start; }
  header, .skip { grid-column: 1 / -1; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; padding-bottom: 1rem; }
}
`;
