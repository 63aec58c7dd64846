import { expect, it } from 'vitest';
import { GENERATED } from './generated.ts';
import { readDocument } from './markdown.ts';

it.each(Object.entries(GENERATED))('%s is as its table says; npm run docs writes it', (path, text) => {
  expect(readDocument(path)).toBe(text());
});
