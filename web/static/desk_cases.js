// 列表：j、k 移动，x 选中；换页后选中的仍在。 Keys of the list; what was chosen stays chosen over pages.
(() => {
  "use strict";
  const KEY = "linxuan:chosen";
  const chosen = new Set(JSON.parse(sessionStorage.getItem(KEY) || "[]"));
  const boxes = () => [...document.querySelectorAll("#results input[name=item]")];

  const show = () => {
    boxes().forEach((box) => (box.checked = chosen.has(box.value)));
    sessionStorage.setItem(KEY, JSON.stringify([...chosen]));
    const told = document.querySelector("[data-chosen]");
    if (!told) return;
    const all = document.querySelector("input[name=everything]");
    told.querySelector("b").textContent = chosen.size;
    told.hidden = !chosen.size || (all && all.checked);
    const page = document.querySelector("[data-choose-page]");
    if (page) {
      page.hidden = false;
      page.querySelector("input").checked = boxes().length > 0 && boxes().every((box) => box.checked);
    }
    document.querySelectorAll("#acts input[name=chosen]").forEach((field) => (field.value = [...chosen].join(",")));
  };
  const choose = (box, on) => (on ? chosen.add(box.value) : chosen.delete(box.value));

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches("#results input[name=item]")) choose(box, box.checked);
    else if (box.closest("[data-choose-page]")) boxes().forEach((each) => choose(each, box.checked));
    else if (!box.matches("input[name=everything]")) return;
    show();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-choose-none]")) return;
    chosen.clear();
    show();
  });

  const step = (by) => {
    const rows = [...document.querySelectorAll("#results tbody tr")];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[Math.min(rows.length - 1, Math.max(0, at + by))];
    const field = row && (row.querySelector("input, a") || row);
    if (field) field.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "x" && event.target.matches("#results input[name=item]")) event.target.click();
    else if (event.key === "n" || event.key === "p") {
      const link = document.querySelector(`#results a[rel=${event.key === "n" ? "next" : "prev"}]`);
      if (link) link.click();
    } else return;
    event.preventDefault();
  });

  if (document.querySelector("[data-done]")) chosen.clear();
  show();
  document.addEventListener("htmx:afterSwap", show);
})();
