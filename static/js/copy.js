// "Copy" beside a text: puts it on the clipboard and says so. Without a clipboard the button stays
// hidden and the text can be selected as it stands.

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const said = document.getElementById(button.getAttribute("aria-describedby"));
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent.trim());
      said.textContent = said.dataset.copied;
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = said.dataset.selected;
    }
  });
}
