// Makes one start request from a real page in headless Chromium with auth0.js or Lock, as the scenario says.
import puppeteer from 'puppeteer-core';

export async function open(port, executablePath) {
  return puppeteer.launch({
    executablePath,
    headless: true,
    args: [
      '--no-sandbox',
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP *.example:443 127.0.0.1:${port}, MAP * ~NOTFOUND`,
    ],
  });
}

export async function drive(browser, scenario) {
  const context = await browser.createBrowserContext();
  try {
    const tab = await context.newPage();
    await tab.goto(`${scenario.page}#${encodeURIComponent(JSON.stringify(scenario))}`);
    await (scenario.call === 'lock' ? submitLock(tab, scenario) : tab.evaluate(() => window.finished));
  } finally {
    await context.close();
  }
}

async function submitLock(tab, scenario) {
  const field = await tab.waitForSelector('.auth0-lock-input', { visible: true, timeout: 15000 });
  await field.type(scenario.types);
  const sent = tab.waitForResponse((r) => r.url().endsWith('/passwordless/start') && r.request().method() === 'POST', {
    timeout: 15000,
  });
  await tab.click('.auth0-lock-submit');
  await sent;
}
