// The upload form: checks the size before anything is sent, shows how far the upload is, cancels it.
// htmx sends the form; without scripts the browser does, and the server checks all of this again.
"use strict";

const form = document.querySelector("[data-upload]");

if (form) {
  const input = form.querySelector("input[type=file]");
  const error = form.querySelector("[data-file-error]");
  const box = form.querySelector("[data-progress]");
  const bar = box.querySelector("progress");
  const text = box.querySelector("[data-progress-text]");
  const said = box.querySelector("[data-progress-said]");
  const submit = form.querySelector("button[type=submit]");
  const cancel = form.querySelector("[data-upload-cancel]");
  const problems = document.getElementById("submit-problems");

  const mebibytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MiB`;

  const problemOfFile = () => {
    const file = input.files[0];
    if (!file) {
      return "Choose a file with your predictions.";
    }
    if (file.size > Number(input.dataset.limit)) {
      return `This file has ${mebibytes(file.size)}; this phase takes up to ${input.dataset.limitText}.`;
    }
    return "";
  };

  const showFileProblem = () => {
    const problem = problemOfFile();
    error.textContent = problem;
    input.toggleAttribute("aria-invalid", false);
    if (problem) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `${input.id}_helptext ${input.id}_error`);
    }
    return problem;
  };

  const showUploading = (isUploading) => {
    box.hidden = !isUploading;
    cancel.hidden = !isUploading;
    submit.disabled = isUploading;
  };

  const say = (sentence) => {
    const notice = document.createElement("div");
    notice.className = "notice notice--error";
    notice.textContent = sentence;
    problems.replaceChildren(notice);
  };

  input.addEventListener("change", showFileProblem);

  form.addEventListener("htmx:confirm", (event) => {
    if (showFileProblem()) {
      event.preventDefault();
      input.focus();
    }
  });

  form.addEventListener("htmx:beforeRequest", () => {
    problems.replaceChildren();
    bar.value = 0;
    text.textContent = "Beginning …";
    said.textContent = "The upload has begun.";
    showUploading(true);
    cancel.focus();
  });

  form.addEventListener("htmx:xhr:progress", (event) => {
    const { loaded, total, lengthComputable } = event.detail;
    if (!lengthComputable || !total) {
      return;
    }
    bar.value = (100 * loaded) / total;
    text.textContent = loaded < total
      ? `${mebibytes(loaded)} of ${mebibytes(total)}`
      : "All is sent; the site takes it in …";
  });

  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) {
      text.textContent = "Taken. The submission's page opens …";
      return;
    }
    showUploading(false);
  });

  form.addEventListener("htmx:afterSwap", () => problems.querySelector("[data-problems]")?.focus());
  problems.addEventListener("htmx:afterSwap", () => problems.querySelector("[data-problems]")?.focus());

  form.addEventListener("htmx:sendError", () => {
    say("The connection broke off. Nothing of the upload was kept; send it again.");
  });

  form.addEventListener("htmx:responseError", () => {
    say("The site could not take the upload. It is not your doing; try again in a minute.");
  });

  form.addEventListener("htmx:xhr:abort", () => {
    showUploading(false);
    say("You cancelled the upload. Nothing of it was kept.");
    submit.focus();
  });

  cancel.addEventListener("click", () => window.htmx.trigger(form, "htmx:abort"));
}
