import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chatOn } from '../chat.ts';
import { whyNoBrowser } from '../chromium.ts';
import { openConsole } from '../console-page.ts';
import { startConsoleProduct } from '../console-product.ts';
import { browserFixture } from '../fixture.ts';
import { say } from '../words.ts';

const skip = whyNoBrowser();

const fixture = browserFixture(() => startConsoleProduct());

const definition =
  'A Pod is the smallest unit Kubernetes runs. It holds one or more containers that share a network address and storage volumes.';

test('an attached file is read, answers cite it, and the citation opens at the passage', { skip }, async () => {
  // The shipped model answers correctly at temperature 0.
  const settings = { model: 'demo-chat', temperature: 0 };
  const { id } = await fixture.product.api<{ id: string }>('/v1/kumiki/chats', { settings });
  await using console = await openConsole(fixture.browser, fixture.product);
  const { page } = console;
  await page.goto(`${fixture.product.origin}/chat/${id}`);
  const chat = chatOn(page);
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'glossary.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from(`${definition}\n`),
    });
  await page
    .getByRole('list', { name: say('en', 'chat.attach.list') })
    .getByText(say('en', 'chat.attach.ready'))
    .waitFor();
  await chat.send('What is a Pod?');
  await chat.untilEnded();
  assert.match(await chat.shownAnswer(), /smallest unit Kubernetes runs/);
  const chip = page.getByRole('button', {
    name: say('en', 'chat.sources.citation', { number: 1, file: 'glossary.md' }),
  });
  await chip.click();
  const passage = page.getByLabel(say('en', 'chat.sources.passage'));
  await passage.waitFor();
  assert.match(await passage.innerText(), /A Pod is the smallest unit/);
});
