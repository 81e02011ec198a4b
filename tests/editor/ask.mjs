// Asks the language service of Visual Studio Code what it offers at a cursor (`|`) in a rule file.
// In: a JSON list of {question: "complete" | "hover" | "mistakes", schema, text}. Out: a list of lists of lines.
import { readFileSync } from "node:fs";
import service from "vscode-json-languageservice";

const { getLanguageService, TextDocument } = service;
const schemas = new URL("../../schemas/", import.meta.url);

async function answer({ question, schema, text }) {
  const offset = text.indexOf("|");
  const document = TextDocument.create("rules.json", "json", 1, text.replace("|", ""));
  const languageService = getLanguageService({
    schemaRequestService: async (uri) => readFileSync(new URL(uri), "utf8"),
    workspaceContext: { resolveRelativePath: (path, base) => new URL(path, base).href },
  });
  const uri = new URL(schema, schemas).href;
  languageService.configure({ validate: true, schemas: [{ uri, fileMatch: ["*"] }] });
  const parsed = languageService.parseJSONDocument(document);
  const position = document.positionAt(Math.max(offset, 0));
  switch (question) {
    case "complete": {
      const list = await languageService.doComplete(document, position, parsed);
      const about = (item) => item.documentation?.value ?? item.documentation ?? "";
      return list.items.map((item) => `${item.label}: ${about(item)}`).sort();
    }
    case "hover": {
      const hover = await languageService.doHover(document, position, parsed);
      return [hover?.contents].flat().map((part) => part?.value ?? part ?? "nothing");
    }
    case "mistakes": {
      const found = await languageService.doValidation(document, parsed);
      return found.map((found) => `${document.getText(found.range)}: ${found.message}`);
    }
  }
}

const answers = [];
for (const question of JSON.parse(readFileSync(0, "utf8"))) {
  answers.push(await answer(question));
}
console.log(JSON.stringify(answers));
