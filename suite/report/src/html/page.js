"use strict";
(() => {
  const list = document.getElementById("list");
  // A row is a button and, once it was opened, what its case did. It is no element of disclosure: thousands of those take
  // a browser twice as long to open as these.
  const rows = Array.from(list.querySelectorAll("[data-n]"));
  let cases = null;
  const data = () => (cases ??= JSON.parse(document.getElementById("data").textContent));
  const text = (place) => data().texts[place];
  // Only ever text: nothing that a target sent becomes markup.
  const el = (name, text, className) => {
    const made = document.createElement(name);
    if (text !== undefined && text !== null) made.textContent = text;
    if (className) made.className = className;
    return made;
  };
  const copyable = (text) => {
    const box = el("div");
    const pre = el("pre", text);
    const button = el("button", "Copy the commands");
    button.type = "button";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        button.textContent = "Selected: copy with the keyboard";
      }
    });
    box.append(button, pre);
    return box;
  };
  // What a request is for, where its role is not the step itself.
  const roles = {
    arrange: "brings about the state that the case needs",
    twin: "the accepted counterpart of the request under judgement",
    mark: "sets the state that a refusal must leave alone",
    before: "reads that state before the request under judgement",
    judged: "is judged",
    after: "reads the state after the request under judgement",
  };
  // Pictures stand in the page itself, in a figure or a template: nothing is made of text here.
  const pictures = new Map(Array.from(document.querySelectorAll("[data-picture]"), (one) => [one.dataset.picture, one]));
  const picture = (id) => {
    const from = pictures.get(id);
    const svg = (from?.content ?? from)?.querySelector("svg");
    return svg ? [svg.cloneNode(true)] : [];
  };
  // Texts that many exchanges share stand once in the data, and are named by place.
  const exchange = ([step, ...places], found) => {
    const [role, at, line, headers, body, answer, answered] = places.map(text);
    const box = el("div", null, "exchange");
    const heading = el("h3", `Step ${step} (${role}) at ${at}`);
    heading.title = roles[role] ?? "";
    box.append(heading);
    for (const divergence of found) {
      box.append(el("p", `${divergence.level} ${divergence.requirement}: ${divergence.what}`));
      const diff = el("div", null, "diff");
      diff.append(el("pre", `- expected  ${divergence.expected}`, "good"), el("pre", `+ observed  ${divergence.observed}`, "bad"));
      box.append(diff);
    }
    const pair = el("div", null, "pair");
    pair.append(el("pre", line + headers + (body ? `\n\n${body}` : "")), el("pre", answer + (answered ? `\n\n${answered}` : "")));
    box.append(pair);
    return box;
  };
  const filled = (row) => {
    const { about, divergences = [], exchanges = [], observed = [], reproduce = [], ...one } = data().cases[Number(row.dataset.n)];
    const box = el("div", null, "in");
    if (about !== undefined) box.append(el("p", text(about)));
    if (one.reason) box.append(el("p", `Because: ${one.reason}`));
    if (one.waived) box.append(el("p", `Waived: ${one.waived}`));
    const judges = el("p", `Judges ${row.dataset.r.replaceAll(" ", ", ")} · ${text(one.file)}${one.line ? ":" + one.line : ""} · `);
    const link = el("a", "link to this case");
    link.href = `#${row.id.split("/").map(encodeURIComponent).join("/")}`;
    judges.append(link);
    box.append(judges);
    for (const seen of observed) box.append(el("p", `On record: ${seen}`));
    box.append(...picture(row.id));
    if (reproduce.length) box.append(el("h3", "To see it again, on any user of the pool"), copyable(reproduce.join("\n")));
    const meant = [...new Set(exchanges.map(([, role]) => text(role)))].filter((role) => roles[role] && role !== "judged");
    if (meant.length) box.append(el("p", meant.map((role) => `${role}: ${roles[role]}`).join(" · "), "roles"));
    exchanges.forEach((each, at) => box.append(exchange(each, divergences.filter((found) => found.exchange === at))));
    if (!exchanges.length) for (const found of divergences) box.append(el("p", `Step ${found.step}: expected ${found.expected}; observed ${found.observed}`));
    return box;
  };
  // The data stands after this script, so that a long list can be read before all of it has arrived.
  const whole = new Promise((done) => (document.readyState === "loading" ? addEventListener("DOMContentLoaded", done) : done()));
  const isOpen = (row) => row.firstElementChild.ariaExpanded === "true";
  const setOpen = async (row, open) => {
    row.firstElementChild.ariaExpanded = String(open);
    await whole;
    if (isOpen(row) && row.children.length === 1) row.append(filled(row));
    if (row.children.length > 1) row.lastElementChild.hidden = !isOpen(row);
  };
  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-n] > button")?.parentElement;
    if (row) setOpen(row, !isOpen(row));
  });

  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const boxes = Array.from(document.querySelectorAll("#filter input[type=checkbox]"));
  let known = null;
  const texts = () => (known ??= rows.map((row) => `${row.firstElementChild.textContent} ${row.dataset.r}`.toLowerCase()));
  const filter = () => {
    const wanted = new Set(boxes.filter((box) => box.checked).map((box) => box.name));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    rows.forEach((row, at) => {
      const is = wanted.has(row.className) && words.every((word) => texts()[at].includes(word));
      row.hidden = !is;
      count += is ? 1 : 0;
    });
    list.classList.toggle("filtered", count < rows.length);
    shown.textContent = `${count} of ${rows.length} cases shown`;
  };
  document.getElementById("filter").addEventListener("input", filter);
  document.getElementById("filter").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-find]");
    if (!button) return;
    search.value = button.dataset.find;
    filter();
    document.getElementById("cases").scrollIntoView();
    search.focus();
  });
  const follow = () => {
    const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!row?.dataset.n) return;
    row.hidden = false;
    setOpen(row, true).then(() => row.scrollIntoView());
    row.firstElementChild.focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  shown.textContent = `${rows.length} of ${rows.length} cases shown`;
  follow();
})();
