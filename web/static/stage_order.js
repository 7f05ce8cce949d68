// 答辩次序：拖动或用键盘移动一行，位置填进表单，写明原因才算。 Moving a line fills the form; the note sends it.
(() => {
  "use strict";
  const list = document.querySelector("[data-order]");
  const form = document.getElementById("move");
  if (!list || !form) return;
  const first = Number(list.dataset.first);
  const rows = () => [...list.children];
  let dragged = null;
  const propose = (row) => {
    document.getElementById("moving").open = true;
    form.elements.turn_id.value = row.dataset.turn;
    form.elements.to.value = String(rows().indexOf(row) + 1);
    rows().forEach((each) => each.classList.toggle("moving", each === row));
  };
  const settle = (row) => { propose(row); form.elements.note.focus(); };
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[draggable]");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.turn);
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over || over === dragged || rows().indexOf(over) + 1 < first) return;
    event.preventDefault();
    const isBelow = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
    list.insertBefore(dragged, isBelow ? over.nextSibling : over);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => { if (dragged) settle(dragged); dragged = null; });
  // 键盘：在移动按钮上按 ↑ ↓ 挪，回车写原因。
  list.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-move]");
    if (!handle) return;
    const row = handle.closest("li");
    if (event.key === "Enter") { event.preventDefault(); return settle(row); }
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    const at = rows().indexOf(row);
    const to = at + (event.key === "ArrowUp" ? -1 : 1);
    if (to + 1 < first || to >= rows().length) return;
    list.insertBefore(row, event.key === "ArrowUp" ? rows()[to] : rows()[to].nextSibling);
    propose(row);
    handle.focus();
  });
  list.addEventListener("click", (event) => {
    const handle = event.target.closest("[data-move]");
    if (handle) settle(handle.closest("li"));
  });
})();
