// Keys for whoever works here all day. Every key presses something that is on the page anyway; none is taken while
// somebody types, none with Ctrl, Alt or the system key, and all can be turned off (WCAG 2.1.4).

const help = document.getElementById("keys");
const off = "banjie-shortcuts-off";

const isOff = () => {
  try {
    return localStorage.getItem(off) === "1";
  } catch {
    return false; // a browser that keeps nothing: the shortcuts are on
  }
};

const isTyping = (target) =>
  target.isContentEditable ||
  ["TEXTAREA", "SELECT"].includes(target.tagName) ||
  (target.tagName === "INPUT" && !["checkbox", "radio", "button", "submit"].includes(target.type));

const rows = () => [...document.querySelectorAll(".worklist tbody tr")];

function walk(by) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
  all[next]?.querySelector("th a")?.focus();
}

function tick() {
  const box = rows().find((row) => row.contains(document.activeElement))?.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
}

function press(key) {
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.matches("input, select, textarea, [tabindex]")) target.focus();
  else if (target.matches("summary")) {
    target.parentElement.open = true;
    (target.parentElement.querySelector("form :is(input:not([type=hidden]), select, textarea, button)") ?? target).focus();
  }
  else target.click();
  return true;
}

function onKey(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (isOff()) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur(); // the keys press things again
    return;
  }
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x" && rows().length && !event.target.matches("input")) tick();
  else if (event.key === "?" && help) {
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
  } else if (!press(event.key)) return;
  event.preventDefault();
}

if (help) {
  const button = document.createElement("button");
  const say = () => {
    button.textContent = isOff() ? help.dataset.on : help.dataset.off;
  };
  button.type = "button";
  button.className = "quiet";
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(off, isOff() ? "0" : "1");
    } catch {
      return;
    }
    say();
  });
  say();
  help.append(button);
}

document.addEventListener("keydown", onKey);
