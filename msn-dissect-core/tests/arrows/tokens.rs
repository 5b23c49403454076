// SPDX-License-Identifier: GPL-2.0-or-later
//! Reads a source file: its modules, what they import, and the paths in their code.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::ModulePath;

/// What one module says.
#[derive(Debug, Default)]
pub struct Module {
    /// File, below the source folder.
    pub file: String,
    /// Whether it stands within the file of another.
    pub inline: bool,
    /// Names from elsewhere.
    pub imports: Vec<Import>,
    /// Paths of at least two names in code.
    pub paths: Vec<Vec<String>>,
    /// Names of its own functions, types, constants, traits and macros.
    pub defines: BTreeSet<String>,
    /// Methods, each with the name of its type; without those of traits.
    pub methods: Vec<(String, String)>,
    /// Methods that are called.
    pub calls: BTreeSet<String>,
    /// Every name in its code outside `use` lines.
    mentions: BTreeSet<String>,
}

/// One name of a `use` line.
#[derive(Debug)]
pub struct Import {
    /// As it is written, from its first word.
    pub path: Vec<String>,
    /// What it is called here; `None` for `*`.
    pub name: Option<String>,
    /// Whether others see it here.
    pub public: bool,
}

impl Import {
    /// Whether the module makes the name visible to others and has no need of it itself.
    pub fn only_passed_on(&self, module: &Module) -> bool {
        self.public && self.name.as_ref().is_none_or(|name| !module.mentions.contains(name))
    }
}

/// Reads a file into the modules that it has, and adds the paths of modules that are only compiled for tests.
pub fn read(file: &str, text: &str, modules: &mut BTreeMap<ModulePath, Module>, tests: &mut BTreeSet<ModulePath>) {
    let path: ModulePath = file
        .trim_end_matches(".rs")
        .split('/')
        .filter(|name| !matches!(*name, "lib" | "mod"))
        .map(str::to_owned)
        .collect();
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut reader = Reader { file, modules, tests };
    reader.module(&path, tokens, false);
}

/// Words that begin an item, before its name.
const ITEMS: [&str; 8] = ["fn", "struct", "enum", "const", "static", "trait", "type", "union"];

struct Reader<'a> {
    file: &'a str,
    modules: &'a mut BTreeMap<ModulePath, Module>,
    tests: &'a mut BTreeSet<ModulePath>,
}

impl Reader<'_> {
    fn module(&mut self, path: &ModulePath, tokens: TokenStream, inline: bool) {
        let mut module = Module { file: self.file.to_owned(), inline, ..Module::default() };
        self.code(path, tokens, &mut module);
        self.modules.insert(path.clone(), module);
    }

    fn code(&mut self, path: &ModulePath, tokens: TokenStream, module: &mut Module) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut public = false;
        let mut dot = false;
        while let Some(token) = tokens.get(at) {
            let rest = &tokens[at..];
            let item = &rest[..item_length(rest)];
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' && for_tests(rest) => {
                    if let Some(name) = module_name(&item[2..]) {
                        self.tests.insert(super::child_of(path, &name));
                    }
                    at += item.len();
                    continue;
                }
                TokenTree::Ident(word) if *word == "pub" => {
                    public = true;
                    let restricted = matches!(rest.get(1), Some(TokenTree::Group(_)));
                    at += 1 + usize::from(restricted);
                    continue;
                }
                TokenTree::Ident(word) if *word == "use" => {
                    // Without the final semicolon.
                    let tree = item.split_last().map_or(item, |(_, tree)| tree);
                    imports(&tree[1..], &[], public, &mut module.imports);
                    at += item.len();
                }
                TokenTree::Ident(word) if *word == "mod" && module_name(rest).is_some() => {
                    if let (Some(name), Some(TokenTree::Group(body))) = (module_name(rest), rest.get(2)) {
                        self.module(&super::child_of(path, &name), body.stream(), true);
                    }
                    at += 3;
                }
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    if word == "impl" {
                        module.methods.extend(methods(item));
                    }
                    if dot && matches!(rest.get(1), Some(TokenTree::Group(arguments)) if is_called(arguments)) {
                        module.calls.insert(word.clone());
                    }
                    let name = rest.get(1).filter(|_| ITEMS.contains(&word.as_str()));
                    module.defines.extend(name.into_iter().filter(|name| is_name(name)).map(ToString::to_string));
                    let names = names(rest);
                    at += 1 + 3 * (names.len() - 1);
                    module.mentions.extend(names.iter().cloned());
                    if names.len() > 1 {
                        module.paths.push(names);
                    }
                }
                TokenTree::Group(group) => {
                    self.code(path, group.stream(), module);
                    at += 1;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => at += 1,
            }
            dot = is(Some(token), '.');
            public = false;
        }
    }
}

fn is_called(arguments: &Group) -> bool {
    arguments.delimiter() == Delimiter::Parenthesis
}

fn is_name(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(_))
}

fn is(token: Option<&TokenTree>, mark: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == mark)
}

/// How many tokens belong to the item that begins here. The braces of a `use` line do not end it.
fn item_length(tokens: &[TokenTree]) -> usize {
    let import = tokens.iter().find(|token| is_name(token) && !matches!(token.to_string().as_str(), "pub"));
    let import = import.is_some_and(|word| word.to_string() == "use");
    let ends = |token: &TokenTree| if import { is(Some(token), ';') } else { ends_item(token) };
    tokens.iter().position(ends).map_or(tokens.len(), |end| end + 1)
}

/// Whether an item ends with this token: a semicolon, or a body.
fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(mark) => mark.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

/// Whether the tokens begin with `#[cfg(test)]`.
fn for_tests(tokens: &[TokenTree]) -> bool {
    let Some(TokenTree::Group(group)) = tokens.get(1) else { return false };
    group.stream().to_string().replace(' ', "") == "cfg(test)"
}

/// The name in `mod name;`, `mod name {` or the like with `pub` in front.
fn module_name(tokens: &[TokenTree]) -> Option<String> {
    let at = tokens.iter().position(|token| matches!(token, TokenTree::Ident(word) if *word == "mod"))?;
    let end = tokens.get(at + 2)?;
    let name = tokens.get(at + 1).filter(|name| is_name(name) && ends_item(end))?;
    Some(name.to_string())
}

/// The names that stand at the beginning of the tokens with `::` between them; at least one.
fn names(tokens: &[TokenTree]) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = tokens;
    while let Some(TokenTree::Ident(name)) = rest.first() {
        names.push(name.to_string());
        if !(is(rest.get(1), ':') && is(rest.get(2), ':')) {
            break;
        }
        rest = &rest[3..];
    }
    names
}

/// The methods of `impl Type { … }`, each with the type; nothing of `impl Trait for Type { … }`.
fn methods(item: &[TokenTree]) -> Vec<(String, String)> {
    let (Some(TokenTree::Group(body)), head) = (item.last(), item.get(1..).unwrap_or_default()) else {
        return Vec::new();
    };
    if head.iter().any(|token| is_name(token) && token.to_string() == "for") {
        return Vec::new();
    }
    // Parameters may stand in front of the type, and behind it.
    let mut depth = 0;
    let mut kind = None;
    for token in head {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '<' => {
                if kind.is_some() {
                    break;
                }
                depth += 1;
            }
            TokenTree::Punct(mark) if mark.as_char() == '>' => depth -= 1,
            TokenTree::Ident(word) if *word == "where" => break,
            TokenTree::Ident(word) if depth == 0 => kind = Some(word.to_string()),
            _ => {}
        }
    }
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let named = tokens.windows(2).filter(|pair| pair[0].to_string() == "fn" && is_name(&pair[1]));
    named.filter_map(|pair| Some((kind.clone()?, pair[1].to_string()))).collect()
}

/// Takes a tree of imports apart: `a::{b, c::*, d as e}`.
fn imports(tree: &[TokenTree], prefix: &[String], public: bool, out: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    let mut name = None;
    let mut tokens = tree.iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(word) if *word == "as" => name = tokens.next().map(ToString::to_string),
            // `{self}` names what the braces belong to.
            TokenTree::Ident(word) if *word == "self" && !path.is_empty() => {}
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(mark) if mark.as_char() == '*' => {
                out.push(Import { path, name: None, public });
                return;
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let comma = |token: &TokenTree| is(Some(token), ',');
                inner.split(comma).filter(|part| !part.is_empty()).for_each(|part| imports(part, &path, public, out));
                return;
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    let name = name.or_else(|| path.last().cloned());
    out.push(Import { path, name, public });
}
