// A link to a day that opens (<details id="act-3">) opens it on arrival. Without this script the page only scrolls there.

function open() {
  const found = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (found instanceof HTMLDetailsElement) found.open = true;
}

addEventListener("hashchange", open);
for (const link of document.querySelectorAll('a[href^="#act-"]')) link.addEventListener("click", () => setTimeout(open));
open();
