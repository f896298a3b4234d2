// Tabs as the ARIA practices describe them: arrow keys move, the panel follows.

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Wire a tab list; `opened(id)` hears the id of each panel that is opened. */
export function startTabs(list, opened) {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = one !== tab;
    }
    opened(tab.getAttribute("aria-controls"));
  };
  for (const tab of tabs) tab.addEventListener("click", () => choose(tab));
  list.addEventListener("keydown", ({ key }) => {
    const at = tabs.indexOf(document.activeElement);
    const to = { Home: 0, End: tabs.length - 1 }[key] ?? (key in STEPS ? at + STEPS[key] : null);
    if (at < 0 || to === null) return;
    const tab = tabs[(to + tabs.length) % tabs.length];
    tab.focus();
    choose(tab);
  });
}
