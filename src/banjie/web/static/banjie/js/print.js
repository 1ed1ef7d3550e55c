// A button that prints the page: <button type="button" data-print hidden>. Without this script it stays hidden.

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
