"use strict";
(() => {
  const rows = Array.from(document.querySelectorAll("tr[data-text]"));
  const search = document.getElementById("search");
  const all = document.getElementById("all");
  const shown = document.getElementById("shown");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const is = (all.checked || row.dataset.look) && words.every((word) => row.dataset.text.includes(word));
      row.hidden = !is;
      count += is ? 1 : 0;
    }
    shown.textContent = `${count} of ${rows.length} rows shown`;
  };
  const form = document.getElementById("filter");
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
})();
