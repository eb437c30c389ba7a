import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { findFiles, read, root } from '../repository/source-files.ts';

/** The headings of a Markdown text as `## Title`, without code blocks. */
function headings(text: string): string[] {
  return withoutCode(text)
    .split('\n')
    .filter((line) => /^#{1,6} /.test(line));
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '');
}

/** The contents of fenced blocks in order, without comments, which may be translated. */
function codeBlocks(text: string): string[] {
  return [...text.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].map((match) =>
    (match[1] ?? '').replaceAll(/\s*(#|\/\/) .*$/gm, '').trim(),
  );
}

test('README.md and README.ja.md have the same parts and the same commands', () => {
  const english = read('README.md');
  const japanese = read('README.ja.md');
  const levels = (text: string): number[] => headings(text).map((line) => line.indexOf(' '));
  assert.ok(headings(english).length > 1);
  assert.deepEqual(levels(japanese), levels(english));
  assert.deepEqual(codeBlocks(japanese), codeBlocks(english));
});

test('every decision says what was decided, why, and what else was tried', () => {
  const pages = findFiles('docs/decisions/*.md').filter((path) => !path.endsWith('/README.md'));
  for (const page of pages) {
    const titles = headings(read(page));
    assert.match(page, /\/\d{4}-[a-z0-9-]+\.md$/, `${page} is named NNNN-what-was-decided.md`);
    assert.match(titles[0] ?? '', /^# \S/, page);
    for (const wanted of ['## Decision', '## Why', '## Also considered']) {
      assert.ok(titles.includes(wanted), `${page} has no heading "${wanted}"`);
    }
  }
});

test('links between documents lead somewhere', () => {
  const broken = findFiles(['*.md', 'docs/**/*.md', 'models/**/*.md']).flatMap((page) =>
    [...withoutCode(read(page)).matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => !existsSync(join(root, posix.join(posix.dirname(page), decodeURI(target)))))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('files and folders that documents name are there', () => {
  const missing = findFiles(['*.md', 'docs/*.md', 'docs/reference/*.md']).flatMap((page) =>
    [...withoutCode(read(page)).matchAll(/`((?:packages|apps|tests|bench|docs|models|scripts)\/[\w./*-]+)`/g)]
      .map((match) => match[1] ?? '')
      .filter((path) => globSync(path.replace(/\/$/, ''), { cwd: root }).length === 0)
      .map((path) => `${page}: ${path}`),
  );
  assert.deepEqual(missing, []);
});
