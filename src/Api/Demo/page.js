'use strict';
(() => {
  const CELLS = 240;
  const WINDOW_MS = 60000;
  const SLOW_MS = 250;
  const byId = id => document.getElementById(id);
  const versions = [];
  let answers = [];
  let isRunning = true;

  byId('live').hidden = false;

  const colour = version => {
    if (!versions.includes(version)) {
      versions.push(version);
    }
    return 'c' + versions.indexOf(version) % 5;
  };

  const ask = async () => {
    const start = performance.now();
    let answer;
    try {
      const response = await fetch('/api/items', { cache: 'no-store', headers: { 'X-New-Connection': '1' } });
      await response.arrayBuffer();
      answer = {
        version: response.headers.get('X-Version') || '?',
        pod: response.headers.get('X-Pod') || '?',
        isError: response.status >= 500,
      };
    } catch {
      answer = { version: 'no answer', pod: '-', isError: true };
    }
    answer.at = performance.now();
    answer.ms = answer.at - start;
    answers = answers.filter(one => answer.at - one.at < WINDOW_MS);
    answers.push(answer);
  };

  const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

  const cell = answer => {
    const span = document.createElement('span');
    span.className = colour(answer.version) + (answer.ms > SLOW_MS ? ' slow' : '');
    span.textContent = answer.isError ? '×' : '';
    span.title = `${answer.version} ${answer.pod} ${answer.ms.toFixed(0)} ms`;
    return span;
  };

  const row = (version, pod, group) => {
    const sorted = group.map(one => one.ms).sort((a, b) => a - b);
    const errors = group.filter(one => one.isError).length;
    const span = Math.max(1, (performance.now() - group[0].at) / 1000);
    const texts = [version, pod, group.length, (group.length / span).toFixed(1),
      `${errors} (${(100 * errors / group.length).toFixed(1)} %)`,
      quantile(sorted, 0.5).toFixed(0), quantile(sorted, 0.95).toFixed(0)];
    const line = document.createElement('tr');
    for (const text of texts) {
      line.appendChild(document.createElement('td')).textContent = text;
    }
    return line;
  };

  const draw = () => {
    byId('grid').replaceChildren(...answers.slice(-CELLS).map(cell));
    const groups = new Map();
    for (const answer of answers) {
      const key = answer.version + ' ' + answer.pod;
      groups.set(key, [...(groups.get(key) || []), answer]);
    }
    byId('totals').replaceChildren(
      ...[...groups.keys()].sort().map(key => row(groups.get(key)[0].version, groups.get(key)[0].pod, groups.get(key))));
  };

  const tick = () => {
    if (isRunning) {
      ask();
    }
    setTimeout(tick, 1000 / Number(byId('rate').value));
  };

  let lastText = '';
  const showRunning = async () => {
    try {
      const state = await (await fetch('/demo/faults')).json();
      const lines = state.faults.map(fault => {
        const left = fault.secondsLeft === undefined ? 'until switched off' : `${Math.ceil(fault.secondsLeft / 10) * 10} s left`;
        return `${fault.kind}${fault.onThisPod ? '' : ' on other pods'}, at most ${left}, by ${fault.by}`;
      });
      const text = lines.join('\n');
      if (text !== lastText) {
        lastText = text;
        const list = document.createElement(lines.length ? 'ul' : 'p');
        list.textContent = lines.length ? '' : 'None.';
        for (const line of lines) {
          list.appendChild(document.createElement('li')).textContent = line;
        }
        byId('running').replaceChildren(list);
      }
    } catch {
      byId('running').textContent = 'This pod does not answer.';
    }
  };

  byId('toggle').addEventListener('click', () => {
    isRunning = !isRunning;
    byId('toggle').textContent = isRunning ? 'Stop' : 'Start';
  });
  byId('rate').addEventListener('input', () => { byId('rate-shown').textContent = byId('rate').value; });

  // A slider beside every bounded number; the number field stays the one that is sent.
  for (const field of document.querySelectorAll('form input[type=number][required]')) {
    const slider = document.createElement('input');
    slider.type = 'range';
    slider.min = field.min;
    slider.max = Math.min(Number(field.max), 100 * (Number(field.value) || 1));
    slider.step = Number(field.max) <= 1 ? '0.01' : 'any';
    slider.value = field.value;
    slider.setAttribute('aria-label', `${field.form.querySelector('legend').textContent}: ${field.labels[0].textContent}, slider`);
    slider.addEventListener('input', () => { field.value = Number(Number(slider.value).toPrecision(3)); });
    field.addEventListener('input', () => { slider.value = field.value; });
    field.after(slider);
  }

  tick();
  setInterval(draw, 500);
  setInterval(showRunning, 1000);
})();
