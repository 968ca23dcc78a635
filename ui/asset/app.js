// OneDoor 一门: what pages do beyond HTML. Everything here only adds comfort: without this file every
// page still works. Behaviour hangs on data attributes and on events that bubble to the document, so that
// fragments which arrive later need no set-up. No inline handlers, no styles.
"use strict";
(() => {
  const find = (css, root = document) => root.querySelector(css);
  const all = (css, root = document) => [...root.querySelectorAll(css)];
  const words = (() => {
    try { return JSON.parse(find('meta[name="onedoor-words"]').content); } catch { return {}; }
  })();
  // Storage may be forbidden or full; nothing here depends on it.
  const keep = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* the server's copy remains */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
    keys() { try { return Object.keys(localStorage); } catch { return []; } },
  };

  // ── Telling ────────────────────────────────────────────────────────────

  // tell says what went wrong, in a bar that stays until it is mended. Good news are toasts.
  function tell(text, link) {
    const bar = find("#trouble");
    if (!bar) return;
    bar.replaceChildren();
    if (!text) return;
    const line = document.createElement("p");
    line.textContent = text + " ";
    if (link) {
      const a = document.createElement("a");
      a.href = link.href;
      a.textContent = link.text;
      a.target = "_blank";
      a.rel = "noopener";
      line.append(a);
    }
    bar.append(line);
  }
  const expired = () => tell(words.expired, { text: words.signin, href: words.signinHref || "/" });

  const toastTime = 6000;
  function watchToast(toast) {
    let timer;
    const start = () => { timer = setTimeout(() => toast.remove(), toastTime); };
    const hold = () => clearTimeout(timer);
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", start);
    toast.addEventListener("focusout", start);
    start();
  }
  all("#toasts [data-toast]").forEach(watchToast);
  const toasts = find("#toasts");
  if (toasts) {
    new MutationObserver((changes) => changes.forEach((c) => c.addedNodes.forEach((n) => {
      if (n.nodeType === 1 && n.matches("[data-toast]")) watchToast(n);
    }))).observe(toasts, { childList: true });
  }

  // ── Focus, printing, dialogs, menus ────────────────────────────────────

  const focusErrors = (root) => find("[data-focus]", root)?.focus();
  focusErrors(document);
  document.addEventListener("htmx:afterSettle", (e) => focusErrors(e.detail.target));
  document.addEventListener("htmx:sendError", () => tell(words.offline));
  document.addEventListener("htmx:responseError", (e) => {
    if (e.detail.xhr.status === 401) expired(); else tell(words.failed);
  });
  document.addEventListener("htmx:afterOnLoad", () => tell(""));

  // Questions that come again keep what was chosen since their request left.
  document.addEventListener("htmx:oobBeforeSwap", (e) => {
    const { target, fragment } = e.detail;
    if (!target.matches("[data-keeps]")) return;
    for (const on of target.querySelectorAll("input:checked")) {
      const again = fragment.querySelector(`[name="${CSS.escape(on.name)}"][value="${CSS.escape(on.value)}"]`);
      if (again) again.checked = true;
    }
  });

  document.addEventListener("click", (e) => {
    const off = e.target.closest('[aria-disabled="true"]');
    if (off) { // shown with its reason; pressing it must do nothing but point there
      e.preventDefault();
      e.stopImmediatePropagation();
      const why = document.getElementById(off.getAttribute("aria-describedby"));
      if (why) {
        why.classList.add("is-said");
        setTimeout(() => why.classList.remove("is-said"), 1500);
      }
      return;
    }
    if (e.target.closest("[data-print]")) window.print();
    const opener = e.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        e.preventDefault();
        dialog.showModal();
      }
    }
    const closer = e.target.closest("[data-close]");
    if (closer) closer.closest("dialog")?.close();
    const phrase = e.target.closest("[data-insert]");
    if (phrase) insert(phrase);
    all("details.top__menu[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
  }, true);

  // insert puts a ready phrase where the caret is.
  function insert(phrase) {
    const box = document.getElementById(phrase.dataset.into);
    if (!box) return;
    box.setRangeText(phrase.dataset.insert, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  // ── Sending a page on ──────────────────────────────────────────────────

  // Buttons that only a script can serve come hidden. The address stands in a field beside them.
  const offer = () => {
    all("[data-copy][hidden]").forEach((b) => { b.hidden = false; });
    if (navigator.share) all("[data-share][hidden]").forEach((b) => { b.hidden = false; });
  };
  offer();
  document.addEventListener("htmx:afterSettle", offer);

  // copy puts the text of a field on the clipboard; where that is refused it stays selected to be copied by hand.
  async function copy(button) {
    const field = document.getElementById(button.dataset.copy);
    if (!field) return;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus();
      field.select();
      if (!document.execCommand("copy")) return;
      button.focus();
    }
    const said = button.textContent;
    if (said === button.dataset.done) return;
    button.textContent = button.dataset.done;
    button.setAttribute("aria-live", "polite");
    setTimeout(() => { button.textContent = said; }, 3000);
  }
  document.addEventListener("click", (e) => {
    const copier = e.target.closest("[data-copy]");
    if (copier) copy(copier);
    const sender = e.target.closest("[data-share]");
    if (sender) navigator.share({ title: sender.dataset.title, url: sender.dataset.share }).catch(() => { /* thought better of it */ });
  });

  // What is folded on the screen stands open on paper.
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = all("main details:not([open])");
    folded.forEach((d) => { d.open = true; });
  });
  window.addEventListener("afterprint", () => {
    folded.forEach((d) => { d.open = false; });
    folded = [];
  });

  // Among many boxes, what is typed leaves those that hold it; one that is ticked always stays in sight.
  const narrows = () => all("[data-narrows]").forEach((l) => { l.hidden = false; });
  narrows();
  document.addEventListener("htmx:afterSettle", narrows);
  document.addEventListener("input", (e) => {
    if (!e.target.matches("[data-narrow]")) return;
    const wanted = e.target.value.trim().toLowerCase();
    all(".choice", e.target.closest("fieldset")).forEach((c) => {
      c.hidden = wanted !== "" && !c.textContent.toLowerCase().includes(wanted) && !find("input", c).checked;
    });
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && e.target.matches("[data-narrow]")) e.preventDefault(); // nothing is sent
  });

  // ── One submit a press ─────────────────────────────────────────────────

  const patience = 15000; // a download leaves the page where it is: let the button come back
  function release(form) {
    delete form.dataset.sent;
    all("[data-sent-by]", form.ownerDocument).forEach((b) => {
      if (b.form !== form) return;
      b.removeAttribute("aria-busy");
      b.removeAttribute("data-sent-by");
    });
  }
  document.addEventListener("submit", (e) => {
    const form = e.target;
    const method = (e.submitter?.getAttribute("formmethod") || form.getAttribute("method") || "get").toLowerCase();
    if (e.defaultPrevented || method !== "post" || form.target === "_blank" || form.matches("[hx-post],[data-hx-post]")) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    // After the browser has read the form: a button that is off would not send its own value.
    setTimeout(() => {
      e.submitter?.setAttribute("aria-busy", "true");
      e.submitter?.setAttribute("data-sent-by", "");
    });
    setTimeout(() => release(form), patience);
  });
  // Coming back by the browser's button shows the old page with its buttons still busy.
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach(release));

  // ── Drafts that save themselves ────────────────────────────────────────

  const draftPrefix = "onedoor.draft:";
  const draftLife = 24 * 3600 * 1000;
  // Each step of a draft has a copy of its own: steps are saved at one address.
  const draftOf = (form) => draftPrefix + form.dataset.autosave + "#" + (find('[name="_step"]', form)?.value || "");
  const saying = (form, text) => {
    const place = find("[data-saved]", form) || find("[data-saved]");
    if (place) place.textContent = text;
  };
  const clock = () => {
    const now = new Date();
    return now.getHours() + ":" + String(now.getMinutes()).padStart(2, "0");
  };
  // Files go their own way, and passwords go nowhere.
  const savable = (el) => el.name && !["file", "password", "submit", "button"].includes(el.type);
  function entries(form) {
    const data = new URLSearchParams();
    for (const el of form.elements) {
      if (!savable(el) || el.disabled || ((el.type === "radio" || el.type === "checkbox") && !el.checked)) continue;
      data.append(el.name, el.value);
    }
    return data;
  }
  function copyHere(form, sent) {
    keep.set(draftOf(form), JSON.stringify({ at: Date.now(), sent: !!sent, data: entries(form).toString() }));
  }
  // putBack fills in what the server never confirmed; it answers whether anything differed.
  function putBack(form) {
    let copy;
    try { copy = JSON.parse(keep.get(draftOf(form))); } catch { copy = null; }
    if (!copy || Date.now() - copy.at > draftLife || copy.data === entries(form).toString()) {
      keep.drop(draftOf(form));
      return false;
    }
    const data = new URLSearchParams(copy.data);
    const seen = {};
    for (const el of form.elements) {
      if (!savable(el) || el.readOnly || el.type === "hidden") continue;
      const values = data.getAll(el.name);
      if (el.type === "radio" || el.type === "checkbox") {
        el.checked = values.includes(el.value);
      } else if (values.length) {
        const i = seen[el.name] = (seen[el.name] ?? -1) + 1;
        if (values[i] !== undefined) el.value = values[i];
      }
    }
    return true;
  }

  const timers = new WeakMap();
  const running = new WeakMap();
  async function save(form) {
    if (running.get(form)) { later(form); return; }
    const body = entries(form);
    running.set(form, true);
    saying(form, words.saving);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST", body, credentials: "same-origin", redirect: "manual",
        headers: { Accept: "text/plain", "X-Autosave": "1" },
      });
      if (answer.status === 401 || answer.type === "opaqueredirect") {
        saying(form, words.unsaved);
        expired();
      } else if (answer.ok) {
        const text = answer.status === 204 ? "" : (await answer.text()).trim();
        saying(form, text && !text.startsWith("<") ? text : words.saved + " " + clock());
        if (body.toString() === entries(form).toString()) keep.drop(draftOf(form));
        tell("");
      } else {
        saying(form, words.unsaved);
        tell(answer.status === 409 ? words.stale : words.failed);
      }
    } catch { // no network
      saying(form, words.unsaved);
      tell(words.offline);
    } finally {
      running.set(form, false);
    }
  }
  function later(form) {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), 800));
  }
  const saver = (e) => {
    const form = e.target.form?.closest("form[data-autosave]");
    if (!form || !savable(e.target)) return;
    copyHere(form);
    later(form);
  };
  document.addEventListener("input", saver);
  document.addEventListener("change", saver);
  document.addEventListener("submit", (e) => {
    if (e.target.matches("form[data-autosave]")) copyHere(e.target, true);
  });
  const drafts = all("form[data-autosave]");
  drafts.forEach((form) => {
    if (putBack(form)) { saying(form, words.restored); later(form); }
  });
  // A form that was sent and is no longer shown has arrived, unless this is where one signs in again.
  if (!find('input[type="password"]')) {
    const here = drafts.map(draftOf);
    keep.keys().filter((k) => k.startsWith(draftPrefix) && !here.includes(k)).forEach((k) => {
      let copy;
      try { copy = JSON.parse(keep.get(k)); } catch { copy = null; }
      if (!copy || copy.sent || Date.now() - copy.at > draftLife) keep.drop(k);
    });
  }
  // Signed in again in another tab, or the network is back: try once more.
  const again = () => all("form[data-autosave]").forEach((form) => { if (keep.get(draftOf(form))) later(form); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  window.addEventListener("online", again);
  // Leaving means that the next person at this machine must find nothing.
  document.addEventListener("submit", (e) => {
    if (e.target.matches(".menu__out")) keep.keys().filter((k) => k.startsWith(draftPrefix)).forEach((k) => keep.drop(k));
  });

  // ── Uploads with progress ──────────────────────────────────────────────

  function refuse(row, text) {
    const place = find("[data-work]", row);
    const line = document.createElement("p");
    line.className = "verdict verdict--bad";
    line.setAttribute("role", "alert");
    line.textContent = text;
    place.replaceChildren(line);
    row.classList.add("is-bad");
  }
  document.addEventListener("change", (e) => {
    const form = e.target.closest("form[data-upload]");
    if (!form || e.target.type !== "file" || !e.target.files.length) return;
    const row = form.closest("li");
    if (!row || !find("[data-work]", row)) return; // a plain form: its button sends it
    const limit = Number(form.dataset.limit || 0);
    if (limit && [...e.target.files].some((f) => f.size > limit)) {
      refuse(row, form.dataset.tooBig);
      form.reset();
      return;
    }
    send(form, row, e.target.files[0].name);
  });
  // mended takes what a row was told off for out of the summary above the page; with nothing left in it, the summary
  // and what hung on it go.
  function mended(id) {
    const summary = find(".errors");
    const line = id && summary && all("li", summary).find((li) => find("a", li)?.getAttribute("href") === "#" + id);
    if (!line) return;
    line.remove();
    const left = all("li", summary).length;
    if (left > 0) {
      find("h2", summary).textContent = find("h2", summary).textContent.replace(/\d+/, left);
      return;
    }
    summary.remove();
    all("[data-mended]").forEach((part) => part.remove());
  }
  function send(form, row, name) {
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", form.dataset.sending + " " + name);
    const label = document.createElement("p");
    label.className = "file";
    label.textContent = name;
    find("[data-work]", row).replaceChildren(label, bar);
    form.setAttribute("aria-busy", "true");

    const failed = (text) => {
      form.removeAttribute("aria-busy");
      form.reset();
      refuse(row, text || form.dataset.failed);
    };
    const xhr = new XMLHttpRequest();
    xhr.open("POST", form.action);
    xhr.setRequestHeader("HX-Request", "true");
    if (row.id) xhr.setRequestHeader("HX-Target", row.id);
    xhr.upload.onprogress = (e) => { if (e.lengthComputable) bar.value = (100 * e.loaded) / e.total; };
    xhr.onerror = () => failed();
    xhr.onload = () => {
      if (xhr.status === 401) { failed(words.expired); expired(); return; }
      const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
      const fresh = (row.id && page.getElementById(row.id)) || page.body.querySelector(":scope > li");
      // What the upload led to is what the forms beside it are meant for.
      page.querySelectorAll("input[data-fresh]").forEach((input) => {
        all(`input[data-fresh][name="${input.name}"]`).forEach((old) => { old.value = input.value; });
      });
      if (fresh) { // the row again, alone or within its page: with its verdict
        row.replaceWith(document.importNode(fresh, true));
        const now = row.id ? document.getElementById(row.id) : null;
        if (now) { window.htmx?.process(now); now.focus(); }
        if (xhr.status < 300) mended(row.id);
        document.dispatchEvent(new CustomEvent("onedoor:uploaded", { detail: { name } }));
      } else if (xhr.status < 300) {
        location.reload();
      } else {
        failed(xhr.getResponseHeader("Content-Type")?.startsWith("text/plain") ? xhr.responseText : "");
      }
    };
    xhr.send(new FormData(form));
  }

  // ── Keys ───────────────────────────────────────────────────────────────

  const lettersKey = "onedoor.letters";
  const lettersOn = () => keep.get(lettersKey) !== "off";
  all("[data-letters]").forEach((box) => {
    box.checked = lettersOn();
    box.addEventListener("change", () => keep.set(lettersKey, box.checked ? "on" : "off"));
  });

  const typing = (el) => el.isContentEditable || el.matches?.("textarea, select, input") &&
    !["radio", "checkbox", "button", "submit", "reset", "file"].includes(el.type);

  const listAt = (el) => el.closest?.("[data-list]") || find("[data-list]");
  const itemAt = (list, el) => el.closest?.("[data-item]") || find("[data-item].is-on", list);
  function choose(item, move) {
    const list = item.closest("[data-list]");
    if (!list) return;
    const before = find("[data-item].is-on", list);
    if (before !== item) {
      before?.classList.remove("is-on");
      item.classList.add("is-on");
      all("details[data-opens]", item).forEach((d) => { d.open = true; });
      item.dispatchEvent(new CustomEvent("choose", { bubbles: true }));
    }
    if (move) {
      const target = find("[data-open]", item) || item;
      if (target === item) item.tabIndex = -1;
      target.focus({ preventScroll: true });
      item.scrollIntoView({ block: "nearest" });
    }
  }
  document.addEventListener("focusin", (e) => {
    const item = e.target.closest?.("[data-item]");
    if (item) choose(item, false);
  });
  document.addEventListener("click", (e) => {
    const item = e.target.closest?.("[data-item]");
    if (item) choose(item, false);
  });
  function step(list, from, by) {
    const items = all("[data-item]", list).filter((i) => i.offsetParent);
    if (!items.length) return;
    const at = items.indexOf(from);
    choose(items[at < 0 ? 0 : Math.min(Math.max(at + by, 0), items.length - 1)], true);
  }
  const shown = (el) => el && el.offsetParent;
  const reasonOf = (item) => all(".check__r input, .check__r textarea", item).find(shown);

  // press finds the button of a key and presses it; a letter acts only where letters are on.
  function press(code) {
    const button = all("[data-key]").find((b) => b.dataset.key.toLowerCase() === code.toLowerCase() && shown(b));
    if (!button) return false;
    button.click();
    if (button.getAttribute("aria-disabled") === "true") button.focus();
    return true;
  }

  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.altKey || e.defaultPrevented || find("dialog[open]:not(.is-static)")) return;
    const el = e.target;
    const done = (did) => { if (did) e.preventDefault(); };

    if ((e.ctrlKey || e.metaKey)) {
      if (e.key === "Enter") done(press("Control+Enter"));
      return;
    }
    if (/^F\d+$/.test(e.key)) { done(press(e.key)); return; }
    const list = listAt(el);
    const item = list && itemAt(list, el);

    if (e.key === "Escape") {
      const menu = el.closest?.("details[open]");
      if (menu) { menu.open = false; find("summary", menu)?.focus(); return; }
      if (typing(el)) { if (item && item.contains(el)) choose(item, true); else el.blur(); return; }
      const back = find("[data-back]");
      if (back) { e.preventDefault(); back.click(); }
      return;
    }
    if (e.key === "Enter" && item && item.contains(el) && !el.matches("button, summary, textarea")) {
      const reason = reasonOf(item);
      if (el.matches("a") && !(reason && el.matches("[data-open]"))) return; // opens what it leads to
      e.preventDefault(); // in a list, Enter goes into the reason line and out again; it never sends the form
      if (typing(el)) choose(item, true); else reason?.focus();
      return;
    }
    if (typing(el)) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      if (list && (el === document.body || list.contains(el)) && !el.matches('[type="radio"]')) {
        e.preventDefault();
        step(list, item, e.key === "ArrowDown" ? 1 : -1);
      }
      return;
    }
    if (!lettersOn() || !document.body.classList.contains("staff")) return;
    switch (e.key) {
      case "j": case "J": if (list) done(step(list, item, 1) || true); return;
      case "k": case "K": if (list) done(step(list, item, -1) || true); return;
      case "/": { const box = all("[data-search]").find(shown); if (box) { e.preventDefault(); box.focus(); box.select(); } return; }
      case "?": { const keys = find("#keys"); if (keys) { e.preventDefault(); keys.showModal(); } return; }
      case "o": case "O": { const box = find("[data-opinion]"); if (box) { e.preventDefault(); box.focus(); } return; }
      case " ": {
        if (el.matches("button, summary, input")) return;
        const large = (item && find("[data-zoom]", item)) || find("[data-zoom]");
        if (large) { e.preventDefault(); large.click(); }
        return;
      }
    }
    if (/^[1-9]$/.test(e.key)) {
      const radio = item && find(`[data-digit="${e.key}"]`, item);
      if (radio) {
        e.preventDefault();
        if (!radio.disabled) radio.click();
      } else if (!find("[data-digit]")) {
        const tab = find(`[data-tab="${e.key}"]`);
        if (tab) { e.preventDefault(); tab.click(); }
      }
      return;
    }
    if (e.key.length === 1) done(press(e.key));
  });
})();
