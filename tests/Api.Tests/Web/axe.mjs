// Usage: NODE_PATH=node_modules node axe.mjs CHROMIUM URL
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [chromiumPath, url] = process.argv.slice(2);
const require = createRequire(`${process.env.NODE_PATH}/`);
const { chromium } = require('playwright-core');
const axeSource = readFileSync(require.resolve('axe-core'), 'utf8');

const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
const problems = [];
try {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ colorScheme, bypassCSP: true });
    page.on('pageerror', error => problems.push(`script: ${error}`));
    page.on('request', request => {
      if (!request.url().startsWith(new URL(url).origin)) {
        problems.push(`fetched from elsewhere: ${request.url()}`);
      }
    });
    await page.goto(url);
    await page.waitForSelector('#grid span', { timeout: 15000 });
    await page.waitForSelector('#totals tr', { timeout: 15000 });
    await page.addScriptTag({ content: axeSource });
    const { violations } = await page.evaluate(() => axe.run());
    for (const { id, help, nodes } of violations) {
      problems.push(`${colorScheme}: ${id}: ${help}: ${nodes.map(node => node.html).slice(0, 3).join(' ')}`);
    }
    // By keyboard alone: the first control is reached and works.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    if (await page.textContent('#toggle') !== 'Start') {
      problems.push('the first Tab and Enter do not stop the live view');
    }
    await page.close();
  }
} finally {
  await browser.close();
}

console.log(problems.join('\n'));
process.exitCode = problems.length > 0 ? 1 : 0;
