// Shows what needs passkeys where the browser has them, and says so when one did not work.

if (window.PublicKeyCredential && window.isSecureContext) {
  for (const each of document.querySelectorAll("[data-needs-passkeys]")) {
    each.hidden = false;
  }
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const each of document.querySelectorAll("[data-passkey-error]")) {
    each.hidden = false;
    each.setAttribute("role", "alert");
  }
});
