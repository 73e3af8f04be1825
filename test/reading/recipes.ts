import { readFileSync } from "node:fs";
import { join } from "node:path";

export const DOCS = join(import.meta.dirname, "../../docs");

/** A code block of docs/reading.md. */
export interface Recipe {
  readonly language: string;
  /** From its first line, a comment: "DuckDB", or "DuckDB, on R2". */
  readonly title: string;
  readonly code: string;
}

/** The code blocks in their order, without those for a shell. Throws for one whose first line is no comment. */
export function recipes(): Recipe[] {
  const text = readFileSync(join(DOCS, "reading.md"), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .map(([, language = "", code = ""]) => ({ language, code }))
    .filter(({ language }) => language !== "sh")
    .map(({ language, code }) => {
      const title = /^(?:--|#) (.+)\n/.exec(code)?.[1];
      if (title === undefined)
        throw new Error(`a block of docs/reading.md does not say what it is for: ${code}`);
      return { language, title, code };
    });
}

export const recipesFor = (title: string) => recipes().filter((recipe) => recipe.title === title);
