// Shows how far the files of a form are on their way. Without this script the form is sent as any other.
// <form data-progress enctype="multipart/form-data" method="post">, with web/upload.html inside.

const chosen = (form) => [...form.querySelectorAll("input[type=file]")].find((input) => input.files.length > 0);

function show(answer, address) {
  const page = new DOMParser().parseFromString(answer, "text/html");
  const main = page.querySelector("main");
  if (!main) return false;
  document.title = page.title;
  document.querySelector("main").replaceWith(main);
  history.replaceState(null, "", address);
  (main.querySelector("[role=alert], .error-summary") ?? main).focus();
  return true;
}

function send(form, button, place) {
  const bar = place.querySelector("progress");
  const word = place.querySelector("[role=status]");
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  const line = new XMLHttpRequest();
  const buttons = [...form.querySelectorAll("button")];
  const fail = () => {
    bar.hidden = true;
    word.textContent = word.dataset.failed;
    buttons.forEach((each) => (each.disabled = false));
  };

  buttons.forEach((each) => (each.disabled = true));
  bar.hidden = false;
  line.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = Math.round((event.loaded / event.total) * 100);
    word.textContent = `${bar.value} % ${word.dataset.sent}`;
  });
  line.addEventListener("load", () => {
    const moved = new URL(line.responseURL).pathname !== new URL(form.action).pathname;
    if (line.status < 300 && moved) location.assign(line.responseURL);
    else if (!show(line.responseText, line.responseURL)) fail();
  });
  line.addEventListener("error", fail);
  line.addEventListener("timeout", fail);
  line.open("POST", button?.formAction || form.action);
  line.send(body);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-progress]")) return;
  const place = chosen(form)?.closest(".upload");
  if (!place) return;
  event.preventDefault();
  send(form, event.submitter, place);
});
