// Counts down the seconds in which something can be undone, and takes the bar away when they are over.
// <div class="undo" data-seconds="120"> with <b data-left> inside. Without this script the server says no in time.

for (const bar of document.querySelectorAll(".undo[data-seconds]")) {
  const until = performance.now() + Number(bar.dataset.seconds) * 1000;
  const place = bar.querySelector("[data-left]");
  const number = document.createElement("span");
  number.ariaHidden = "true"; // a reader hears the first number, not every second
  number.textContent = place.textContent;
  place.replaceChildren(number);
  const timer = setInterval(() => {
    const left = Math.ceil((until - performance.now()) / 1000);
    number.textContent = Math.max(left, 0);
    if (left > 0) return;
    clearInterval(timer);
    bar.remove();
  }, 1000);
}
