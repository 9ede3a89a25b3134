// The editor of pathways saves while somebody types. Without this script every form has its Save button.
// Nothing is lost: what could not be saved stays in the form and is said; the focus never moves.
(() => {
  const PAUSE = 800
  const note = document.getElementById('saved')
  if (!note) return
  let timer = 0, unsaved = null, sending = null, again = false

  const say = (words, failed) => {
    note.textContent = words
    note.classList.toggle('v-failed', failed)
  }

  // Pieces of the page, by id; one that holds the focus waits for the next save.
  const show = html => {
    const made = new DOMParser().parseFromString(html, 'text/html')
    for (const piece of [...made.body.children]) {
      const old = document.getElementById(piece.id)
      if (!old) {
        const list = document.getElementById(piece.dataset.in)
        if (list) list.append(piece)
      } else if (!piece.dataset.in && old.innerHTML !== piece.innerHTML && (!old.contains(document.activeElement) || old === note)) {
        old.replaceChildren(...piece.childNodes)
      }
    }
    const told = note.querySelector('[data-revision]')
    if (told) for (const field of document.getElementsByName('revision')) field.value = told.dataset.revision
  }

  const send = async form => {
    clearTimeout(timer)
    if (sending) { again = true; return sending }
    const body = new URLSearchParams(new FormData(form))
    unsaved = null
    say(note.dataset.saving, false)
    sending = (async () => {
      try {
        const answer = await fetch(form.action, { method: 'POST', body, headers: { 'x-vigie-live': '1' } })
        if (answer.redirected) throw new Error('signedOut')
        if (!answer.ok && answer.status !== 409) throw new Error('failed')
        note.classList.toggle('v-failed', !answer.ok)
        show(await answer.text())
        if (!answer.ok) unsaved = form
      } catch (problem) {
        unsaved = form
        say(note.dataset[problem.message] || note.dataset.failed, true)
      }
    })()
    await sending
    sending = null
    if (again) { again = false; if (unsaved === null || unsaved !== form || !note.classList.contains('v-failed')) await send(form) }
  }

  document.addEventListener('input', event => {
    const form = event.target.form
    if (!form || !form.matches('[data-live]')) return
    if (unsaved && unsaved !== form && !note.classList.contains('v-failed')) send(unsaved)
    unsaved = form
    clearTimeout(timer)
    timer = setTimeout(send, PAUSE, form)
  })

  // A button or a link waits until what was typed is saved.
  document.addEventListener('submit', event => {
    clearTimeout(timer)
    if (!sending && !(unsaved && unsaved !== event.target)) { unsaved = null; return }
    event.preventDefault()
    const { target, submitter } = event
    const first = sending || send(unsaved)
    first.then(() => { if (!note.classList.contains('v-failed')) target.requestSubmit(submitter) })
  })
  document.addEventListener('click', event => {
    const link = event.target.closest('a[href]')
    if (link && link.hasAttribute('data-leave')) unsaved = null
    else if (link && !event.ctrlKey && !event.metaKey && (unsaved || sending)) {
      event.preventDefault()
      Promise.resolve(sending || send(unsaved)).then(() => { if (!unsaved) location.href = link.href })
    }
  })
  window.addEventListener('beforeunload', event => { if (unsaved) event.preventDefault() })
})()
