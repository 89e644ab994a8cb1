/* Hands a button to the sign-in library's part for security keys. The library's own loader reads
   inline scripts, which no page of ours has; here the button says what it is for. */
for (const button of document.querySelectorAll("[data-key-form]")) {
  const { keyForm, keyRole, keyCredential, keyPasswordless } = button.dataset;
  const ids = { [keyRole]: button.id, credential: keyCredential, data: "js_data" };
  if (keyPasswordless) ids.passwordless = keyPasswordless;
  window.allauth.webauthn.forms[keyForm]({ ids });
}
