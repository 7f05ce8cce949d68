// 复制一段文字；没有脚本时可以选中后自己复制。 Copies a text; without it people select and copy by themselves.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = document.getElementById(button.dataset.copy);
  const mark = () => {
    const range = document.createRange();
    range.selectNodeContents(words);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  mark();
  if (navigator.clipboard) navigator.clipboard.writeText(words.textContent).catch(mark);
  else document.execCommand("copy");
});
