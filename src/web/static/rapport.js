// Saves each answer as it is given. Without this file the page's form does the same on "Next".
(() => {
  const form = document.querySelector("form[data-answers]");
  if (!form) return;
  const status = document.getElementById("saved");
  let sequence = Number(form.dataset.sequence);
  let queue = Promise.resolve();
  let waiting = 0;
  const progress = document.getElementById("progress");
  const answered = new Set([...form.querySelectorAll("input:checked")].map((input) => input.name));
  const text = form.dataset;
  const counter = document.getElementById("answered");
  const count = (name) => {
    if (answered.has(name)) return;
    answered.add(name);
    progress.value += 1;
    counter.textContent = counter.dataset.text.replace("{}", progress.value);
  };
  const say = (words, bad) => { status.textContent = words; status.classList.toggle("bad", Boolean(bad)); };
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const save = async (item, value) => {
    let own = sequence++;
    for (let attempt = 0; ; attempt++) {
      try {
        const reply = await fetch(`${form.dataset.answers}/${item}`, {
          method: "PUT",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ value: Number(value), sequence: own }),
        });
        if (reply.ok) return true;
        const problem = await reply.json().catch(() => ({}));
        if (problem.code === "answer_conflict" && attempt < 5) { own = problem.next_sequence; sequence = own + 1; continue; }
        if (reply.status < 500 && reply.status !== 429) { say(problem.detail || text.failed, true); return false; }
      } catch { /* no network: try again below */ }
      say(text.offline, true);
      await pause(Math.min(1000 * 2 ** attempt, 15000));
    }
  };

  form.addEventListener("change", (event) => {
    const { name, value, type } = event.target;
    if (type !== "radio") return;
    waiting++;
    say(text.saving);
    queue = queue.then(() => save(name, value)).then((ok) => { waiting--; if (ok) count(name); if (ok && waiting === 0) say(text.saved); });
  });
  window.addEventListener("beforeunload", (event) => { if (waiting > 0) event.preventDefault(); });
  // Leave only when everything given is saved; the form itself then has nothing new to say.
  form.addEventListener("submit", (event) => {
    if (waiting === 0) return;
    event.preventDefault();
    const { submitter } = event;
    queue.then(() => { waiting = 0; form.requestSubmit(submitter); });
  });
})();
